import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { LogReader } from '../../src/log/read/log-reader.ts';
import { jobTree } from '../../src/processes/process-tree.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { repeats } from '../support/repeats.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';
import { installVsix } from './install-vsix.ts';
import { openWindow } from './window.ts';
import { OUTPUT_LINE, runAndChoose, runCommand, runInBackground, runInTerminal } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');
const ROW = '.pane-body [role="treeitem"]';

/** Prints thousands of numbered lines per second until a file exists. */
const counter = (stop: string, code: number): string =>
  `i=0; until [ -e ${stop} ]; do for n in $(seq 100); do i=$((i+1)); echo line $i; done; sleep 0.02; done; exit ${code}`;

/** Checks that no numbered line of a log is missing. @returns the number of lines */
function checkLines(storage: string, id: string): number {
  const reader = new LogReader(logFolder(storage, id));
  const { start, end } = reader.range();
  const text = Buffer.concat([...reader.pieces(start, end)].map(({ bytes }) => bytes)).toString();
  const lines = text.split('\r\n').slice(start === 0 ? 0 : 1, -1);
  if (lines[0] === undefined) return 0;
  const first = Number(lines[0].slice('line '.length));
  lines.forEach((line, at) => assert.equal(line, `line ${first + at}`));
  return first + lines.length - 1;
}

async function untilRow(page: Page, text: string): Promise<void> {
  await page.locator(`${ROW}[aria-label*="${text}"]`).first().waitFor();
}

test('loses no output when a window reloads again and again', async (t) => {
  const { page, jobs, storage, workspace } = await openWindow(t, {
    extension: root,
    keepsJobs: true,
  });
  for (const code of [3, 4, 5]) await runInTerminal(page, counter(`stop-${code}`, code));
  await eventually('three jobs run', () => jobs().length === 3);
  const ids = jobs().map(({ id }) => id);
  const reloads = repeats(8, 3);
  for (let count = 1; count <= reloads; count++) {
    const before = ids.map((id) => checkLines(storage(), id));
    // One of the jobs ends while no window is open.
    const reloading = page.reload();
    if (count === 2) writeFileSync(join(workspace, 'stop-4'), '');
    await reloading;
    await page.locator('.monaco-workbench').waitFor();
    await eventually('all continue', () =>
      ids.every((id, at) => (at === 1 && count >= 2) || checkLines(storage(), id) > before[at]!),
    );
  }
  await runCommand(page, 'View: Show Background Jobs');
  await untilRow(page, 'exit code 4');
  await page.locator(`${ROW}[aria-label*="running"]`).nth(1).waitFor();
  for (const code of [3, 5]) writeFileSync(join(workspace, `stop-${code}`), '');
  for (const code of [3, 5]) await untilRow(page, `exit code ${code}`);
  assert.deepEqual(
    jobs().map(({ id, exitCode }) => [id, exitCode]),
    ids.map((id, at) => [id, at + 3]),
  );
  for (const id of ids) checkLines(storage(), id);
  const runners = await findRunners(storage(), systemProcessTable());
  assert.equal(runners.length, 1);
});

test('keeps jobs running when the extension host is killed, and finds them from the next one', async (t) => {
  const { page, jobs, storage, workspace, extensionHosts } = await openWindow(t, {
    extensionsDir: await installVsix(t),
    keepsJobs: true,
  });
  await runInBackground(page, counter('stop', 6));
  await eventually('it runs', () => jobs()[0]?.pid !== undefined);
  const [{ id, pid } = { id: '', pid: 0 }] = jobs();
  await eventually('one host is left', async () => (await extensionHosts()).length === 1);
  const [host = 0] = await extensionHosts();
  process.kill(host, 'SIGKILL');
  await eventually('it is gone', () => !isAlive(host));
  assert.equal(isAlive(pid!), true);
  const before = checkLines(storage(), id);
  // VS Code starts another extension host.
  await eventually('there is another', async () => (await extensionHosts()).length === 1);
  await runCommand(page, 'View: Show Background Jobs');
  await untilRow(page, 'running');
  await eventually('it continues', () => checkLines(storage(), id) > before);
  writeFileSync(join(workspace, 'stop'), '');
  await untilRow(page, 'exit code 6');
  assert.deepEqual(
    jobs().map((job) => job.id),
    [id],
  );
  checkLines(storage(), id);
});

test('leaves nothing behind after the keep-alive time when the extension host is killed and the window closed', async (t) => {
  const { page, jobs, storage, extensionHosts } = await openWindow(t, {
    extension: root,
    settings: { 'backgroundJobs.keepAliveSeconds': 1 },
  });
  await runInBackground(page, 'setsid sleep 1000 & echo on; sleep 1000');
  await page.locator(OUTPUT_LINE).filter({ hasText: /^on$/ }).first().waitFor();
  const [job] = jobs();
  const [runner] = await findRunners(storage(), systemProcessTable());
  await page.goto('about:blank');
  for (const host of await extensionHosts()) {
    try {
      process.kill(host, 'SIGKILL');
    } catch {
      // It has ended because its window is closed.
    }
  }
  await eventually('the runner is gone', () => !isAlive(runner!.address.pid));
  const table = systemProcessTable();
  assert.deepEqual(await jobTree(table, { id: job!.id, pid: job!.pid, started: job!.pidStarted! }), []);
  assert.equal(jobs()[0]!.endedBy, 'shutdown');
  assert.equal(existsSync(dirname(runner!.address.socket)), false);
});

test('shows a job that another window on the same folder starts', async (t) => {
  const { page, jobs, another } = await openWindow(t, { extension: root });
  // A previous runner has exited.
  await runInBackground(page, 'echo before');
  await eventually('it has run', () => jobs()[0]?.status === 'completed');
  const second = await another();
  await runCommand(second, 'View: Show Background Jobs');
  await untilRow(second, 'completed');
  const third = await another();
  await runInBackground(page, 'echo shared; exec sleep 1000');
  await untilRow(second, 'running');
  // The badge shows the job even if the view was never opened.
  await third.locator('.activitybar .badge').filter({ hasText: '1' }).first().waitFor();
});

test('shows the same jobs in two windows on one folder, and none in a window on another folder', async (t) => {
  const { page, jobs, another } = await openWindow(t, { extension: root });
  await runInBackground(page, 'echo shared; exec sleep 1000');
  await eventually('it runs', () => jobs().length === 1);
  const second = await another();
  const stranger = await another(scratchFolder(t));
  for (const each of [second, stranger]) await runCommand(each, 'View: Show Background Jobs');
  await untilRow(second, 'running');
  await stranger.getByText('No background jobs yet').waitFor();
  // One window shows when the other one kills a job.
  await runAndChoose(second, 'Background Jobs: Kill', 'echo shared');
  await runCommand(page, 'View: Show Background Jobs');
  await untilRow(page, 'killed');
  assert.equal(jobs()[0]!.endedBy, 'person');
  assert.equal(await stranger.locator(ROW).count(), 0);
});
