import type { Page } from 'playwright-core';

/**
 * Chooses from the open context menu by keys, since a menu ignores clicks right after it opens. `inPage` sends the function as
 * text, so it uses nothing around it.
 */
export async function chooseInMenu(page: Page, item: string): Promise<void> {
  const entry = `.monaco-menu .action-item:has(.action-label:text-is("${item}"))`;
  await page.locator(entry).first().waitFor({ timeout: 5000 });
  for (let steps = 0; (await page.locator(`${entry}.focused`).count()) === 0; steps++) {
    if (steps === 100) throw new Error(`The menu closed before ${item} was chosen.`);
    await page.keyboard.press('ArrowDown');
  }
  await page.evaluate(`window.isChosen = false;
    window.addEventListener('keydown', (event) => {
      window.isChosen = event.composedPath().some((each) => each.classList?.contains('monaco-menu'));
      if (!window.isChosen) event.stopImmediatePropagation();
    }, { capture: true, once: true });`);
  await page.keyboard.press('Enter');
  if (!(await page.evaluate<boolean>('window.isChosen')))
    throw new Error(`The menu closed before ${item} was confirmed.`);
}
