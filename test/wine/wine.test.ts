import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLong } from '../support/repeats.ts';
import { scratchFolder } from '../support/scratch.ts';
import { installWine, whyNoWine, type Wine } from './install-wine.ts';
import type { ReportedTest } from './report.ts';
import { WineMachine } from './wine-machine.ts';

/** How long the tests may take. Wine does not end by itself if one of them hangs. */
const TIMEOUT_MS = 10 * 60 * 1000;

/** The unit tests that depend on the system, apart from those of Windows alone. */
const UNIT_TESTS = [
  'src/base/busy-files.test.ts',
  'src/base/make-folders.test.ts',
  'src/jobs/start/windows-shells.test.ts',
  'src/processes/process-tree.test.ts',
  'src/processes/windows/inherited-pipe.test.ts',
  'src/processes/windows/pseudo-console.test.ts',
  'src/processes/windows/shell-command.test.ts',
  'src/processes/windows/windows-formats.test.ts',
  'src/protocol/journal.test.ts',
];

/** More of them, which take a minute. */
const SLOW_UNIT_TESTS = ['src/log/read/raw-page.test.ts', 'src/log/read/text-page.test.ts'];

const root = join(import.meta.dirname, '..', '..');
const windowsTests = readdirSync(join(root, 'test', 'windows'))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/windows/${name}`);
const files = [...windowsTests, ...UNIT_TESTS, ...(isLong ? SLOW_UNIT_TESTS : [])];

/** Returns Wine, or why it cannot be had: then there is nothing to test. */
async function findWine(signal: AbortSignal): Promise<Wine | string> {
  const reason = whyNoWine();
  if (reason !== false) return reason;
  try {
    return await installWine(signal);
  } catch (error) {
    return `cannot be installed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

test('under Wine', { timeout: TIMEOUT_MS }, async (t) => {
  const wine = await findWine(t.signal);
  if (typeof wine === 'string') {
    t.skip(`Wine ${wine}`);
    return;
  }
  const folder = scratchFolder(t);
  const machine = await WineMachine.create(wine, folder);
  const report = join(folder, 'report.jsonl');
  const args = ['test/wine/inside.ts', `Z:${report}`, ...files.map((file) => join(machine.repository, file))];
  const { output } = await machine.runNode(args, t.signal);
  const left = await machine.close();
  const results = existsSync(report) ? readFileSync(report, 'utf8').trim().split('\n') : [];
  for (const line of results) {
    const { file, name, skip, error } = JSON.parse(line) as ReportedTest;
    await t.test(`${file}: ${name}`, { skip: skip ?? false }, () => {
      if (error !== undefined) assert.fail(error);
    });
  }
  for (const file of files) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    await t.test(`${name} has run`, () => {
      assert.ok(
        results.some((line) => (JSON.parse(line) as ReportedTest).file === name),
        output,
      );
    });
  }
  assert.deepEqual(left, []);
});
