import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isLong } from '../support/repeats.ts';
import { scratchFolder } from '../support/scratch.ts';
import { installWine, whyNoWine, type Wine } from './install-wine.ts';
import type { ReportedTest } from './report.ts';
import { WineMachine } from './wine-machine.ts';
import { SLOW_WINE_TESTS, WINE_TESTS } from './wine-tests.ts';

/** How long the tests may take. Wine does not end by itself if one of them hangs. */
const TIMEOUT_MS = 10 * 60 * 1000;

const files = isLong ? [...WINE_TESTS, ...SLOW_WINE_TESTS] : WINE_TESTS;

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
