import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '/work/wt/ready/test/support/scratch.ts';
import { bundleTests } from '/work/wt/ready/test/editor/bundle-tests.ts';
import { runSuiteAsTests } from '/work/wt/ready/test/editor/suite-as-tests.ts';
const root = '/work/wt/ready';
test('inside VS Code', async (t) => {
  await runSuiteAsTests(t, {
    extensionPath: root,
    testsPath: await bundleTests(process.env.SUITES!.split(',').map((n) => join(root, 'test/editor/suites', n)), join(scratchFolder(t), 'tests.cjs')),
    fixtures: [join(root, 'test/editor/fixtures/scripted-model')],
    settings: { 'backgroundJobs.keepAliveSeconds': 1 },
    screenshots: '/tmp/ready/shots',
  });
});
