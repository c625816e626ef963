import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../support/runner.ts';
import { openWindow } from './window.ts';
import { chooseForRow, reloadWindow, runCommand, runInBackground } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');
const ROW = '.pane-body [role="treeitem"]';
const WATCHED = `${ROW}[aria-label$="· watched"]`;
/** How long a window may take to start on a busy machine. */
const PATIENCE_MS = 90_000;

/** Chooses "Watch" from the context menu of the only row. */
async function watch(page: Page): Promise<void> {
  await runCommand(page, 'View: Show Background Jobs');
  await chooseForRow(page, page.locator(`${ROW}[aria-label*="running"]`), 'Watch');
  await page.locator(WATCHED).waitFor();
}

test('a watch continues after Reload Window, and one of two windows shows a notice of it or of a failed job', async (t) => {
  const { page, jobs, workspace, another } = await openWindow(t, {
    extension: root,
    keepsJobs: true,
  });
  page.setDefaultTimeout(PATIENCE_MS);
  await runInBackground(page, 'until [ -e go ]; do sleep 0.05; done; echo done');
  await eventually('it runs', () => jobs()[0]?.status === 'running');
  await watch(page);
  await reloadWindow(page);
  await page.locator(WATCHED).waitFor();
  const second = await another();
  second.setDefaultTimeout(PATIENCE_MS);
  await runCommand(second, 'View: Show Background Jobs');
  if (!(await second.locator(WATCHED).isVisible())) await watch(second);

  writeFileSync(join(workspace, 'go'), '');
  const status = '.statusbar [aria-label*="Watched jobs: until"][aria-label*="completed"]';
  for (const each of [page, second]) await each.locator(status).first().waitFor();
  await untilOneNotice([page, second], ': completed');

  await runInBackground(page, 'until [ -e fail ]; do sleep 0.05; done; exit 3');
  await eventually('it runs', () => jobs().some(({ status }) => status === 'running'));
  // A window in which the output can be seen shows no notice.
  await runCommand(page, 'View: Hide Panel');
  writeFileSync(join(workspace, 'fail'), '');
  await untilOneNotice([page, second], 'exit code 3');
});

/** Waits until one of the windows shows a notice, and checks that it is the only one. */
async function untilOneNotice(pages: readonly Page[], hasText: string): Promise<void> {
  const count = async (): Promise<number> => {
    const counts = pages.map(async (page) => {
      await runCommand(page, 'Notifications: Show Notifications');
      return await page.locator('.notifications-center .notification-list-item', { hasText }).count();
    });
    return (await Promise.all(counts)).reduce((sum, each) => sum + each, 0);
  };
  await eventually('there is a notice', async () => (await count()) > 0, PATIENCE_MS);
  // That there is no other one can only be seen after a while.
  await pages[0]!.waitForTimeout(3000);
  const isOne = async (): Promise<boolean> => {
    const found = await count();
    if (found > 1) throw new Error(`There are ${found} notices.`);
    return found === 1;
  };
  await eventually('there is one notice', isOne, PATIENCE_MS);
}
