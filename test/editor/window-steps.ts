import type { Locator, Page } from 'playwright-core';
import { chooseInMenu } from './inside/menu.ts';
import { repeat } from './inside/repeat.ts';

/** Lines of the output that is in sight, in a terminal or an output channel. */
export const OUTPUT_LINE = '.panel .xterm-rows > div, .panel .view-line';

/** For a step of those that are repeated. */
export const SOON = { timeout: 5000 };

/** For the box or the rows that a command shows: VS Code may have to start what provides them, such as an extension. */
const SHOWN = { timeout: 20_000 };

/** Takes steps in a window until all of them are done. */
export function untilDone(page: Page, steps: () => Promise<void>): Promise<void> {
  return repeat(steps, () => page.keyboard.press('Escape'));
}

/** Starts a command from the palette, as a person does. */
export async function runInBackground(page: Page, command: string): Promise<void> {
  await untilDone(page, async () => {
    await runCommand(page, 'Background Jobs: Run Command in Background');
    // The palette shows the same box, without a title.
    const widget = '.quick-input-widget:has(.quick-input-titlebar:visible)';
    await answerBox(page, page.locator(`${widget} .quick-input-box input`), command);
  });
}

/** The same for one of several commands: its terminal takes the keyboard, and not in the middle of the next one. */
export async function runInTerminal(page: Page, command: string): Promise<void> {
  const terminals = page.locator('.terminal-wrapper');
  const before = await terminals.count();
  await runInBackground(page, command);
  await terminals.nth(before).waitFor({ state: 'attached' });
}

/**
 * Fills a box and confirms. A box that appeared late may be replaced by the one of the next try at any moment, so Enter
 * reaches only one with the text.
 */
async function answerBox(page: Page, box: Locator, text: string): Promise<void> {
  await box.waitFor(SHOWN);
  for (let isConfirmed = false; !isConfirmed;) {
    await box.fill(text, SOON);
    await page.evaluate(`window.isConfirmed = false;
      window.addEventListener('keydown', (event) => {
        window.isConfirmed = event.target.value === ${JSON.stringify(text)};
        if (!window.isConfirmed) event.stopImmediatePropagation();
      }, { capture: true, once: true });`);
    // With the limit of the page: a busy one acknowledges a key late, and another try would confirm twice.
    await box.press('Enter');
    isConfirmed = await page.evaluate<boolean>('window.isConfirmed');
  }
}

/** Chooses a command from the palette, once it is offered: the list is made when the palette opens. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await untilDone(page, async () => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-box input').fill(`>${title}`, SOON);
    await chooseFromList(page, title, SOON);
  });
}

/** Runs a command, and chooses from the list that it shows. */
export async function runAndChoose(page: Page, title: string, option: string | RegExp): Promise<void> {
  await untilDone(page, async () => {
    await runCommand(page, title);
    await chooseFromList(page, option, SHOWN);
  });
}

/** Chooses from the open list once, even if a busy page acknowledges the click late. */
async function chooseFromList(
  page: Page,
  hasText: string | RegExp,
  patience: { readonly timeout: number },
): Promise<void> {
  const row = page.locator('.quick-input-list [role="option"]').filter({ hasText }).first();
  await row.waitFor(patience);
  try {
    await row.click(SOON);
  } catch (error) {
    // The list stays open until something is chosen, also without the focus.
    if (await row.isVisible()) throw error;
  }
}

/** Chooses an entry from the context menu of a row. */
export async function chooseForRow(page: Page, row: Locator, entry: string): Promise<void> {
  await untilDone(page, async () => {
    await row.first().click({ button: 'right', ...SOON });
    await chooseInMenu(page, entry);
  });
}

/** Shows the notifications, and does something with them before they close. */
export async function inNotifications(page: Page, steps: () => Promise<void>): Promise<void> {
  await untilDone(page, async () => {
    await runCommand(page, 'Notifications: Show Notifications');
    await steps();
  });
}

/**
 * Reloads with the command of VS Code, which stores first what is open and what extensions remember. If a browser reloads
 * the page, VS Code loses what it would have stored in the next seconds.
 */
export async function reloadWindow(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('load'), runCommand(page, 'Developer: Reload Window')]);
  await page.locator('.monaco-workbench').waitFor();
}
