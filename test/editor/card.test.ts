import { test } from 'node:test';
import { runModelSuites } from './suite-as-tests.ts';

test('job cards and job details inside VS Code', (t) =>
  runModelSuites(t, ['card.in-editor.ts', 'details.in-editor.ts']));
