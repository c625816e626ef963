import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';
import { installVsix } from './install-vsix.ts';
import { openWindow } from './window.ts';
import { OUTPUT_LINE, runCommand, runInBackground, runInTerminal, SOON, untilDone } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');
const ROW = '.pane-body [role="treeitem"]';

test('Reload Window with a running job, the view hidden and no chat open: the job goes on, and is there afterwards', async (t) => {
  const { page, jobs, storage, workspace } = await openWindow(t, { extension: root, keepsJobs: true });
  await runInBackground(
    page,
    'i=0; until [ -e stop ]; do i=$((i+1)); echo line $i; sleep 0.01; done; echo end; exit 4',
  );
  await page.locator(OUTPUT_LINE).filter({ hasText: /^line/ }).first().waitFor();
  const [before] = jobs();
  const runners = await findRunners(storage(), systemProcessTable());
  const printed = (): string => readFileSync(join(logFolder(storage(), before!.id), 'output.0.log'), 'utf8');

  const atReload = printed().length;
  await page.reload();
  await page.locator('.monaco-workbench').waitFor();
  await eventually('it goes on printing', () => printed().length > atReload + 1000);
  assert.equal(isAlive(before!.pid!), true);
  // Nobody has opened the view: the badge says that the extension found the job.
  await page.locator('.activitybar .badge').filter({ hasText: '1' }).first().waitFor();
  await runCommand(page, 'View: Show Background Jobs');
  await page.locator(`${ROW}[aria-label*="running"]`).waitFor();
  assert.equal(await page.locator('.panel').getByText('i=0; until').count(), 0, 'no tab has its name');
  assert.equal(
    // VS Code may have opened a shell where the terminal of the job was.
    await page
      .locator('.panel .xterm-rows')
      .filter({ hasText: /line\s\d/ })
      .count(),
    0,
    'its terminal is gone, and not a dead one back',
  );

  writeFileSync(join(workspace, 'stop'), '');
  await page.locator(`${ROW}[aria-label*="exit code 4"]`).waitFor();
  const after = jobs();
  assert.equal(after.length, 1);
  assert.equal(after[0]!.id, before!.id);
  const lines = printed().trimEnd().split('\r\n');
  assert.equal(lines.pop(), 'end');
  assert.deepEqual(
    lines,
    lines.map((_, at) => `line ${at + 1}`),
  );
  assert.equal(runners.length, 1);
});

test('when the window is closed its jobs end after the keep-alive time, and nothing of them is left', async (t) => {
  const settings = { 'backgroundJobs.keepAliveSeconds': 1 };
  // On a busy machine, the page may be gone before it has told the server.
  const { page, jobs, storage } = await openWindow(t, { extension: root, settings, reconnectionSeconds: 3 });
  await runInBackground(page, 'echo on; sleep 1000');
  await page.locator(OUTPUT_LINE).filter({ hasText: /^on$/ }).first().waitFor();
  const [job] = jobs();
  const [runner] = await findRunners(storage(), systemProcessTable());
  // As a tab does when it is closed: the page is told that it goes.
  await page.goto('about:blank');
  await eventually('the job is gone', () => !isAlive(job!.pid!));
  await eventually('the runner is gone', () => !isAlive(runner!.address.pid));
  assert.equal(jobs()[0]!.endedBy, 'shutdown');
  assert.equal(existsSync(dirname(runner!.address.socket)), false);
});

test('all jobs are killed at once, after one question', async (t) => {
  const { page, jobs } = await openWindow(t, { extension: root });
  for (const seconds of [1001, 1002, 1003]) {
    await runInTerminal(page, `setsid sleep ${seconds} & exec sleep ${seconds}`);
  }
  await eventually('they run', () => jobs().filter(({ pid }) => pid !== undefined).length === 3);
  const question = page.locator('.monaco-dialog-box').filter({ hasText: 'Kill 3 background jobs' });
  await runCommand(page, 'Background Jobs: Kill All');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  assert.ok(jobs().every(({ status }) => status === 'running'));
  await runCommand(page, 'Background Jobs: Kill All');
  await question.getByRole('button', { name: 'Kill All' }).click();
  await eventually('they are killed', () => jobs().every(({ status }) => status === 'killed'));
  assert.ok(jobs().every(({ endedBy }) => endedBy === 'person'));
});

test('with no folder open jobs run in the home folder', async (t) => {
  const home = scratchFolder(t);
  const { page } = await openWindow(t, { extension: root, isEmpty: true, env: { HOME: home } });
  await runInBackground(page, 'echo "in $PWD"');
  await page
    .locator(OUTPUT_LINE)
    .filter({ hasText: new RegExp(`^in.${home}$`) })
    .first()
    .waitFor();
});

test('a workspace folder that is gone is told, and the extension stays alive', async (t) => {
  const { page, workspace } = await openWindow(t, { extension: root });
  rmSync(workspace, { recursive: true });
  await runInBackground(page, 'true');
  await page
    .getByText(`The folder ${JSON.stringify(workspace)} does not exist`)
    .first()
    .waitFor();
  mkdirSync(workspace);
  await runInBackground(page, 'echo again');
  await page
    .locator(OUTPUT_LINE)
    .filter({ hasText: /^again$/ })
    .first()
    .waitFor();
});

test('the VSIX installs into a VS Code, and works there', async (t) => {
  const { page, jobs } = await openWindow(t, { extensionsDir: await installVsix(t) });
  await runInBackground(page, 'echo from the VSIX');
  await page
    .locator(OUTPUT_LINE)
    .filter({ hasText: /^from.the.VSIX$/ })
    .first()
    .waitFor();
  await eventually('it has completed', () => jobs()[0]?.status === 'completed');
});

test('in a virtual workspace the extension is off, and VS Code says why', async (t) => {
  const { page } = await openWindow(t, {
    extensionsDir: await installVsix(t),
    folderUri: 'memfs://nowhere/sample',
  });
  await page.locator('.activitybar [aria-label^="Explorer"]').first().waitFor();
  // The list is drawn again while it is loaded.
  await untilDone(page, async () => {
    await runCommand(page, 'Extensions: Show Installed Extensions');
    await page.locator('.extension-list-item').filter({ hasText: 'Background Jobs' }).first().click(SOON);
    await page.getByText('Shell commands need a folder on disk.').first().waitFor(SOON);
  });
  assert.equal(await page.locator('.activitybar [aria-label="Background Jobs"]').count(), 0);
});
