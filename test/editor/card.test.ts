import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../support/scratch.ts';
import { bundleTests } from './bundle-tests.ts';
import { runSuiteAsTests } from './suite-as-tests.ts';

const root = join(import.meta.dirname, '..', '..');
const suites = ['card.in-editor.ts', 'details.in-editor.ts'].map((name) =>
  join(import.meta.dirname, 'suites', name),
);

test('job cards and job details inside VS Code', async (t) => {
  await runSuiteAsTests(t, {
    extensionPath: root,
    testsPath: await bundleTests(suites, join(scratchFolder(t), 'tests.cjs')),
    fixtures: [join(import.meta.dirname, 'fixtures', 'scripted-model')],
    settings: { 'backgroundJobs.keepAliveSeconds': 1 },
    ...(process.env.EDITOR_VERSION !== undefined && { version: process.env.EDITOR_VERSION }),
  });
});
