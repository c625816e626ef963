import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWindow } from './window.ts';
import { inNotifications, reloadWindow, runCommand, SOON } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');
/** How long VS Code may take to show a notice of an extension that runs. */
const NOTICE_SHOWN_MS = 3000;

test('says once that a policy keeps agents from using the tools', { timeout: 300_000 }, async (t) => {
  const { page } = await openWindow(t, { extension: root, settings: { 'chat.mcp.access': 'none' } });
  const notice = page
    .locator('.notification-list-item')
    .filter({ hasText: 'chat.mcp.access: none blocks the MCP servers of extensions' });
  await inNotifications(page, () => notice.getByRole('button', { name: 'Open Setting' }).waitFor(SOON));
  await reloadWindow(page);
  // The extension has started, and would say it again.
  await runCommand(page, 'Background Jobs: Filter');
  await page.getByText('Filter Jobs', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await inNotifications(page, () => page.locator('.notifications-center').waitFor(SOON));
  // Only after a while is it certain that it does not come.
  await page.waitForTimeout(NOTICE_SHOWN_MS);
  assert.equal(await notice.count(), 0);
});
