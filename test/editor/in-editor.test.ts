import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../support/scratch.ts';
import { bundleTests } from './bundle-tests.ts';
import { runSuite } from './run-suite.ts';

const root = join(import.meta.dirname, '..', '..');
const suites = ['jobs.in-editor.ts'].map((name) => join(import.meta.dirname, 'suites', name));

// The tests run in the extension host; here each is reported as one of node:test.
test('inside VS Code', async (t) => {
  const screenshots = join(root, 'dist', 'test', 'screenshots');
  mkdirSync(screenshots, { recursive: true });
  const { results, failed } = await runSuite({
    extensionPath: root,
    testsPath: await bundleTests(suites, join(scratchFolder(t), 'tests.cjs')),
    fixtures: [join(import.meta.dirname, 'fixtures', 'scripted-model')],
    settings: { 'backgroundJobs.keepAliveSeconds': 1 },
    screenshots,
    ...(process.env.EDITOR_VERSION !== undefined && { version: process.env.EDITOR_VERSION }),
  });
  for (const { name, error, skipped } of results) {
    await t.test(name, { skip: skipped ?? false }, () => {
      if (error !== undefined) throw new Error(error);
    });
  }
  if (results.length === 0 || failed > results.length) throw new Error('VS Code ended before its tests did.');
});
