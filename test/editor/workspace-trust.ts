import type { Page } from 'playwright-core';
import { runCommand } from './window-steps.ts';

const TRUSTED_FOLDER = '.workspace-trust-editor .monaco-table .monaco-list-row';

/** Trusts the folder of a window. */
export async function trust(page: Page): Promise<void> {
  await runCommand(page, 'Workspaces: Manage Workspace Trust');
  await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
}

/** Opens the list of trusted folders. */
export async function openTrustedFolders(page: Page): Promise<void> {
  await runCommand(page, 'Workspaces: Manage Workspace Trust');
  await page.locator(TRUSTED_FOLDER).first().scrollIntoViewIfNeeded();
}

/** Removes the only folder from the open list of trusted folders. */
export async function distrust(page: Page): Promise<void> {
  const row = page.locator(TRUSTED_FOLDER).first();
  await row.hover();
  await row.getByRole('button', { name: 'Delete Path' }).click();
  await page.getByText('Restricted Mode').first().waitFor();
}
