import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../support/scratch.ts';
import { bundleTests } from './bundle-tests.ts';
import { runSuiteAsTests } from './suite-as-tests.ts';

const root = join(import.meta.dirname, '..', '..');
const suites = [
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
].map((name) => join(import.meta.dirname, 'suites', name));

// EDITOR_VERSION selects another version of VS Code, by the version number of code-server.
test('inside VS Code', async (t) => {
  await runSuiteAsTests(t, {
    extensionPath: root,
    testsPath: await bundleTests(suites, join(scratchFolder(t), 'tests.cjs')),
    fixtures: [join(import.meta.dirname, 'fixtures', 'scripted-model')],
    settings: { 'backgroundJobs.keepAliveSeconds': 1 },
    ...(process.env.EDITOR_VERSION !== undefined && { version: process.env.EDITOR_VERSION }),
  });
});
