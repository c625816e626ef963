import type { Page } from 'playwright-core';
import { runCommand, SOON, untilDone } from './window-steps.ts';

const TRUSTED_FOLDER = '.workspace-trust-editor .monaco-table .monaco-list-row';

/** Trusts the folder of a window. */
export async function trust(page: Page): Promise<void> {
  await untilDone(page, async () => {
    await runCommand(page, 'Workspaces: Manage Workspace Trust');
    const editor = page.locator('.workspace-trust-editor');
    const trusted = editor.getByText('You trust this folder').first();
    if (await trusted.isVisible()) return;
    await editor.getByRole('button', { name: 'Trust', exact: true }).click(SOON);
    await trusted.waitFor(SOON);
  });
}

/** Opens the list of trusted folders. */
export async function openTrustedFolders(page: Page): Promise<void> {
  await runCommand(page, 'Workspaces: Manage Workspace Trust');
  await page.locator(TRUSTED_FOLDER).first().scrollIntoViewIfNeeded();
}

/** Removes the only folder from the open list of trusted folders. */
export async function distrust(page: Page): Promise<void> {
  const row = page.locator(TRUSTED_FOLDER).first();
  await untilDone(page, async () => {
    if ((await row.count()) === 0) return;
    await row.hover(SOON);
    await row.getByRole('button', { name: 'Delete Path' }).click(SOON);
    await row.waitFor({ state: 'detached', ...SOON });
  });
}
