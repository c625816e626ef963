import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isLong } from '../support/repeats.ts';
import { scratchFolder } from '../support/scratch.ts';
import { installWine, whyNoWine, type Wine } from './install-wine.ts';
import type { ReportedTest } from './report.ts';
import { WineCrash, WineMachine } from './wine-machine.ts';
import { SLOW_WINE_TESTS, WINE_TESTS } from './wine-tests.ts';

/** How long the tests may take. Wine does not end by itself if one of them hangs. */
const TIMEOUT_MS = 14 * 60 * 1000;

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

/** Runs test files on a new machine. @throws WineCrash */
async function runOnce(t: TestContext, wine: Wine, files: readonly string[]) {
  const folder = scratchFolder(t);
  const machine = await WineMachine.create(wine, folder);
  const report = join(folder, 'report.jsonl');
  const args = ['test/wine/inside.ts', `Z:${report}`, ...files.map((file) => join(machine.repository, file))];
  const { output } = await machine.runNode(args, t.signal);
  const left = await machine.close();
  const lines = existsSync(report) ? readFileSync(report, 'utf8').trim().split('\n') : [];
  return { results: lines.map((line) => JSON.parse(line) as ReportedTest), output, left };
}

/** The same, and again if the server of Wine crashes. */
function runInside(t: TestContext, wine: Wine, files: readonly string[]) {
  return runOnce(t, wine, files).catch((error: unknown) => {
    if (!(error instanceof WineCrash)) throw error;
    t.diagnostic(`${error.message} The tests run again, on another machine.`);
    return runOnce(t, wine, files);
  });
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

test('under Wine', { timeout: TIMEOUT_MS }, async (t) => {
  const wine = await findWine(t.signal);
  if (typeof wine === 'string') {
    t.skip(`Wine ${wine}`);
    return;
  }
  const first = await runInside(t, wine, files);
  // Wine 8 has faults of its own that come and go. What fails on two machines is a fault of ours.
  const isDoubtful = (file: string): boolean => {
    const own = first.results.filter((result) => result.file === nameOf(file));
    return own.length === 0 || own.some(({ error }) => error !== undefined);
  };
  const doubtful = files.filter(isDoubtful);
  for (const { file, name, error } of first.results)
    if (error !== undefined) t.diagnostic(`Failed in the first of two runs: ${file}: ${name}: ${error}`);
  const second = doubtful.length === 0 ? undefined : await runInside(t, wine, doubtful);
  const again = doubtful.map(nameOf);
  const results = [...first.results.filter(({ file }) => !again.includes(file)), ...(second?.results ?? [])];
  for (const { file, name, skip, error } of results) {
    await t.test(`${file}: ${name}`, { skip: skip ?? false }, () => {
      if (error !== undefined) assert.fail(error);
    });
  }
  for (const name of files.map(nameOf)) {
    await t.test(`${name} has run`, () => {
      assert.ok(
        results.some(({ file }) => file === name),
        `${first.output}\n${second?.output ?? ''}`,
      );
    });
  }
  assert.deepEqual([...first.left, ...(second?.left ?? [])], []);
});

test(
  'a crash of the server of Wine ends a run at once, and is told apart',
  { timeout: TIMEOUT_MS },
  async (t) => {
    const wine = await findWine(t.signal);
    if (typeof wine === 'string') {
      t.skip(`Wine ${wine}`);
      return;
    }
    const machine = await WineMachine.create(wine, scratchFolder(t));
    const program = 'setInterval(() => require("node:fs").statSync("C:\\\\"), 10)';
    const running = machine.runNode(['-e', `console.log("ready"); ${program}`], t.signal);
    await Promise.race([running, machine.untilPrinted('ready')]);
    machine.crashServer();
    await assert.rejects(running, WineCrash);
    assert.deepEqual(await machine.close(), []);
  },
);
