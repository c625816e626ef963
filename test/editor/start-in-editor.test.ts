import { test } from 'node:test';
import { runModelSuites } from './suite-as-tests.ts';

test('starts, approvals and questions inside VS Code', (t) =>
  runModelSuites(t, [
    'questions.in-editor.ts',
    'approvals.in-editor.ts',
    'start.in-editor.ts',
    'flow.in-editor.ts',
  ]));
