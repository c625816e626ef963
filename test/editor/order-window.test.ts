import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { installVsix } from './install-vsix.ts';
import { openWindow } from './window.ts';
import { runAndChoose, runCommand, runInTerminal, SOON, untilDone } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');
/** For a window that starts again. */
const PATIENCE_MS = 60_000;

async function untilRow(page: Page, text: string): Promise<void> {
  await page.locator(`.pane-body [role="treeitem"][aria-label*="${text}"]`).first().waitFor();
}

async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.locator('.monaco-workbench').waitFor();
}

/** Leaves out what a view changes when it is there. */
function withoutSizes(jobs: readonly JobRecord[]): (Pick<JobRecord, 'id'> & object)[] {
  return jobs.map((job) => ({ ...job, terminalSize: undefined }));
}

// Promise: queue-host-killed
test('queued jobs stay queued through a reload and a killed extension host, and start in order without a window', async (t) => {
  const settings = { 'backgroundJobs.maxConcurrentJobs': 1 };
  const { page, jobs, storage, workspace, extensionHosts } = await openWindow(t, {
    // VS Code starts no new extension host for an extension under development.
    extensionsDir: await installVsix(t),
    settings,
    keepsJobs: true,
  });
  const names = ['one', 'two', 'three'];
  const go = (name: string): void => writeFileSync(join(workspace, `go-${name}`), '');
  const order = (): string => readFileSync(join(workspace, 'order'), 'utf8');
  const statuses = (): string[] => jobs().map(({ status }) => status);
  for (const name of names)
    await runInTerminal(page, `echo ${name} >> order; until [ -e go-${name} ]; do sleep 0.05; done`);
  await eventually('two are queued', () => statuses().join() === 'running,queued,queued');
  const before = withoutSizes(jobs());
  await runCommand(page, 'View: Show Background Jobs');
  for (const place of [1, 2]) await untilRow(page, `queued · place ${place} in the queue`);

  await reload(page);
  await runCommand(page, 'View: Show Background Jobs');
  for (const place of [1, 2]) await untilRow(page, `queued · place ${place} in the queue`);
  assert.deepEqual(withoutSizes(jobs()), before);

  await eventually('one host is left', async () => (await extensionHosts()).length === 1, PATIENCE_MS);
  const [host = 0] = await extensionHosts();
  process.kill(host, 'SIGKILL');
  await eventually('it is gone', () => !isAlive(host));
  go('one');
  await eventually('the second starts', () => order() === 'one\ntwo\n', PATIENCE_MS);
  await eventually('there is another', async () => (await extensionHosts()).length === 1, PATIENCE_MS);
  await untilRow(page, 'queued · place 1 in the queue');
  await untilRow(page, 'completed');
  go('two');
  go('three');
  await eventually('all have run', () => statuses().join() === 'completed,completed,completed', PATIENCE_MS);
  assert.equal(order(), 'one\ntwo\nthree\n');
  assert.deepEqual(
    jobs().map(({ id }) => id),
    before.map(({ id }) => id),
  );
  assert.equal((await findRunners(storage(), systemProcessTable())).length, 1);
});

test('problems of a running job are in the panel again after a reload, and a click opens the line', async (t) => {
  const { page, jobs, workspace } = await openWindow(t, { extension: root, keepsJobs: true });
  mkdirSync(join(workspace, '.vscode'));
  writeFileSync(join(workspace, 'a.c'), 'one\ntwo\nthree\n');
  const command = 'echo a.c:2:1: error: broken by a job; until [ -e go ]; do sleep 0.05; done';
  const problemMatcher = ['$gcc'];
  const tasks = [{ label: 'check', type: 'shell', command, problemMatcher }];
  writeFileSync(join(workspace, '.vscode/tasks.json'), JSON.stringify({ version: '2.0.0', tasks }));
  const problem = page.locator('.markers-panel').getByText('broken by a job').first();
  // VS Code may not have read the new file yet.
  await runAndChoose(page, 'Background Jobs: Run Task in Background', 'check');
  // Its terminal takes the panel.
  await page.locator('.panel .terminal-wrapper.active .xterm-rows').waitFor();
  // A terminal that is shown late hides the problems.
  await untilDone(page, async () => {
    await runCommand(page, 'Problems: Focus on Problems View');
    await problem.waitFor(SOON);
  });

  await reload(page);
  const line = page.locator('.monaco-editor .active-line-number').filter({ hasText: /^2$/ }).first();
  // A click is lost if the panel is drawn at the same time.
  await untilDone(page, async () => {
    await runCommand(page, 'Problems: Focus on Problems View');
    await problem.dblclick(SOON);
    await line.waitFor(SOON);
  });

  // It stays until the job is removed.
  writeFileSync(join(workspace, 'go'), '');
  await eventually('it has ended', () => jobs()[0]?.status === 'completed');
  assert.equal(await problem.count(), 1);
  // The window may hear of the end later.
  await untilDone(page, async () => {
    await runCommand(page, 'Background Jobs: Clear Finished');
    await problem.waitFor({ state: 'detached', ...SOON });
  });
});
