import type { Page } from 'playwright-core';
import { runCommand } from './window.ts';

/** Trusts the folder of a window. */
export async function trust(page: Page): Promise<void> {
  await runCommand(page, 'Workspaces: Manage Workspace Trust');
  await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
}

/** Removes the only folder from the trusted folders. */
export async function distrust(page: Page): Promise<void> {
  await runCommand(page, 'Workspaces: Manage Workspace Trust');
  const row = page.locator('.workspace-trust-editor .monaco-table .monaco-list-row').first();
  await row.scrollIntoViewIfNeeded();
  await row.hover();
  await row.getByRole('button', { name: 'Delete Path' }).click();
  await page.getByText('Restricted Mode').first().waitFor();
}
