import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../support/scratch.ts';
import { bundleTests } from './bundle-tests.ts';
import { runSuiteAsTests } from './suite-as-tests.ts';

// Runs in a separate VS Code, since it changes settings that would affect other suites.
test('command policy inside VS Code', async (t) => {
  const suite = join(import.meta.dirname, 'suites', 'policy.in-editor.ts');
  await runSuiteAsTests(t, {
    extensionPath: join(import.meta.dirname, '..', '..'),
    testsPath: await bundleTests([suite], join(scratchFolder(t), 'tests.cjs')),
    settings: { 'backgroundJobs.keepAliveSeconds': 1 },
  });
});
