import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWindow, runCommand, showNotification } from './window.ts';

const root = join(import.meta.dirname, '..', '..');

test('says once that a policy keeps agents from using the tools', { timeout: 120_000 }, async (t) => {
  const { page } = await openWindow(t, { extension: root, settings: { 'chat.mcp.access': 'none' } });
  const notice = page
    .locator('.notifications-center .notification-list-item')
    .filter({ hasText: 'chat.mcp.access: none blocks the MCP servers of extensions' });
  await showNotification(page, notice.getByRole('button', { name: 'Open Setting' }));
  await page.reload();
  // The extension has started, and would have said it again.
  await runCommand(page, 'Background Jobs: Filter');
  await page.keyboard.press('Escape');
  await showNotification(page, page.locator('.notifications-center'));
  assert.equal(await notice.count(), 0);
});
