import type { Page } from 'playwright-core';

/**
 * Chooses from the open context menu by keys, since a menu ignores clicks right after it opens. `inPage` sends the function as
 * text, so it uses nothing around it.
 */
export async function chooseInMenu(page: Page, item: string): Promise<void> {
  const entry = `.monaco-menu .action-item:has(.action-label:text-is("${item}"))`;
  await page.locator(entry).first().waitFor();
  for (let steps = 0; steps < 100 && (await page.locator(`${entry}.focused`).count()) === 0; steps++)
    await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}
