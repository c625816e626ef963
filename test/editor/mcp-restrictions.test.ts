import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWindow } from './window.ts';
import { inNotifications, runCommand, SOON } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');

test('says once that a policy keeps agents from using the tools', { timeout: 300_000 }, async (t) => {
  const { page } = await openWindow(t, { extension: root, settings: { 'chat.mcp.access': 'none' } });
  const notice = page
    .locator('.notifications-center .notification-list-item')
    .filter({ hasText: 'chat.mcp.access: none blocks the MCP servers of extensions' });
  await inNotifications(page, () => notice.getByRole('button', { name: 'Open Setting' }).waitFor(SOON));
  await page.reload();
  // The extension has started, and would have said it again.
  await runCommand(page, 'Background Jobs: Filter');
  await page.keyboard.press('Escape');
  await inNotifications(page, async () => {
    await page.locator('.notifications-center').waitFor(SOON);
    assert.equal(await notice.count(), 0);
  });
});
