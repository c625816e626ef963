import { test } from 'node:test';
import { runModelSuites } from './suite-as-tests.ts';

test('terminals and passwords inside VS Code', (t) =>
  runModelSuites(t, ['terminal.in-editor.ts', 'raw-terminal.in-editor.ts', 'passwords.in-editor.ts']));
