import { test } from 'node:test';
import { runModelSuites } from './suite-as-tests.ts';

const SUITES = [
  'jobs.in-editor.ts',
  'output.in-editor.ts',
  'tree.in-editor.ts',
  'sidebar.in-editor.ts',
  'cleanup.in-editor.ts',
  'notices.in-editor.ts',
  'watch.in-editor.ts',
  'questions.in-editor.ts',
  'approvals.in-editor.ts',
  'passwords.in-editor.ts',
  'terminal.in-editor.ts',
  'raw-terminal.in-editor.ts',
  'start.in-editor.ts',
  'flow.in-editor.ts',
  'clients.in-editor.ts',
  'pictures.in-editor.ts',
];

test('inside VS Code', (t) => runModelSuites(t, SUITES));
