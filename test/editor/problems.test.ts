import { join } from 'node:path';
import { test } from 'node:test';
import { runModelSuites } from './suite-as-tests.ts';

const BIN = join(import.meta.dirname, '..', '..', 'node_modules', '.bin');

test('problems and tasks inside VS Code', (t) =>
  runModelSuites(t, ['problems.in-editor.ts', 'tasks.in-editor.ts', 'agent-loop.in-editor.ts'], {
    BACKGROUND_JOBS_TEST_BIN: BIN,
  }));
