import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../support/scratch.ts';
import { bundleTests } from './bundle-tests.ts';
import { runSuiteAsTests } from './suite-as-tests.ts';

const root = join(import.meta.dirname, '..', '..');

test('problems and tasks inside VS Code', async (t) => {
  const suites = ['problems.in-editor.ts', 'tasks.in-editor.ts', 'agent-loop.in-editor.ts'];
  const paths = suites.map((name) => join(import.meta.dirname, 'suites', name));
  await runSuiteAsTests(t, {
    extensionPath: root,
    testsPath: await bundleTests(paths, join(scratchFolder(t), 'tests.cjs')),
    fixtures: [join(import.meta.dirname, 'fixtures', 'scripted-model')],
    settings: { 'backgroundJobs.keepAliveSeconds': 1 },
    env: { BACKGROUND_JOBS_TEST_BIN: join(root, 'node_modules', '.bin') },
    ...(process.env.EDITOR_VERSION !== undefined && { version: process.env.EDITOR_VERSION }),
  });
});
