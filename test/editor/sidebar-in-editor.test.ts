import { test } from 'node:test';
import { runModelSuites } from './suite-as-tests.ts';

test('sidebar, output and notices inside VS Code', (t) =>
  runModelSuites(t, [
    'jobs.in-editor.ts',
    'output.in-editor.ts',
    'tree.in-editor.ts',
    'sidebar.in-editor.ts',
    'cleanup.in-editor.ts',
    'notices.in-editor.ts',
    'watch.in-editor.ts',
    'clients.in-editor.ts',
    'pictures.in-editor.ts',
  ]));
