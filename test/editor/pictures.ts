// Takes the pictures of the README again: `node test/editor/pictures.ts`, after `npm run build`.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleTests } from './bundle-tests.ts';
import { runSuite } from './run-suite.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'test-'));
try {
  const { failed } = await runSuite({
    extensionPath: root,
    testsPath: await bundleTests(
      [join(import.meta.dirname, 'suites', 'pictures.in-editor.ts')],
      join(folder, 'tests.cjs'),
    ),
    fixtures: [join(import.meta.dirname, 'fixtures', 'scripted-model')],
    settings: { 'backgroundJobs.keepAliveSeconds': 1 },
    screenshots: folder,
    onEvent: (event) => {
      if (event.kind === 'end') console.log(event.result.name, event.result.error ?? '');
    },
  });
  if (failed === 0) cpSync(join(folder, 'screenshot.png'), join(root, 'media', 'screenshot.png'));
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
