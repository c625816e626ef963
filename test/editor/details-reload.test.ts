import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../support/runner.ts';
import { openWindow } from './window.ts';
import { chooseForRow, reloadWindow, runAndChoose, runCommand, runInBackground } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');
const ROW = '.pane-body [role="treeitem"]';
const TAB = '.tab[aria-label^="Job: "]';
/** How long a window may take to start on a busy machine. */
const PATIENCE_MS = 90_000;

/** Returns the texts of a part of all pages with details. */
async function texts(page: Page, id: string): Promise<string[]> {
  const code = `document.getElementById('charts') && document.getElementById('${id}').innerText`;
  const found = await Promise.allSettled(page.frames().map((frame) => frame.evaluate(code)));
  return found.flatMap((each) =>
    each.status === 'fulfilled' && typeof each.value === 'string' ? [each.value] : [],
  );
}

function openDetails(page: Page, label: string): Promise<void> {
  return chooseForRow(page, page.locator(`${ROW}[aria-label*="${label}"]`), 'Job Details');
}

const untilShown = (page: Page, id: string, wanted: RegExp): Promise<void> =>
  eventually(
    `#${id} shows ${wanted}`,
    async () => (await texts(page, id)).some((text) => wanted.test(text)),
    PATIENCE_MS,
  );

test('the details of a job are there again after Reload Window, and close if the job was removed meanwhile', async (t) => {
  const { page, jobs, another } = await openWindow(t, {
    extension: root,
    keepsJobs: true,
  });
  page.setDefaultTimeout(PATIENCE_MS);
  await runInBackground(page, 'echo kept; exec sleep 1000');
  await eventually('it runs', () => jobs()[0]?.status === 'running');
  await runCommand(page, 'View: Show Background Jobs');
  await openDetails(page, 'echo kept');
  await untilShown(page, 'status', /^running$/);
  await reloadWindow(page);
  await untilShown(page, 'title', /^echo kept/);
  await untilShown(page, 'status', /^running$/);
  // It follows the job as before.
  await untilShown(page, 'charts', /MB now/);
  await untilShown(page, 'processes', /sleep 1000/);
  const second = await another();
  await runAndChoose(second, 'Background Jobs: Kill', 'echo kept');
  await untilShown(page, 'status', /^killed$/);

  const address = page.url();
  await page.goto('about:blank');
  await runCommand(second, 'Background Jobs: Clear Finished');
  await eventually('it is removed', () => jobs().length === 0);
  await page.goto(address);
  await runCommand(page, 'View: Show Background Jobs');
  await page.getByText('No background jobs yet').waitFor();
  await page.locator(TAB).waitFor({ state: 'detached' });
  assert.deepEqual(await texts(page, 'title'), []);
});
