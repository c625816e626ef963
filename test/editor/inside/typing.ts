import type { Page } from 'playwright-core';

/**
 * Types into the visible terminal. A busy window may give the focus to another part at any moment, for example when a click is
 * handled late. So each key that has gone elsewhere is pressed again. `inPage` sends the function as text, so it uses nothing
 * around it.
 *
 * @param keys texts, and names of keys of Playwright in braces, such as `{Control+c}`
 */
export async function typeInTerminal(page: Page, keys: readonly string[]): Promise<void> {
  const terminal = '.panel .terminal-wrapper.active .xterm-helper-textarea';
  const strokes = keys.flatMap((key) => /^\{(.+)\}$/.exec(key)?.[1] ?? key.split(''));
  for (const stroke of strokes) {
    for (let tries = 1; ; tries++) {
      await page.locator(terminal).focus();
      await page.evaluate(`(() => {
        window.keyListener ??= addEventListener('keydown', ({ target }) => (window.keyTarget = target), true) ?? true;
        window.keyTarget = undefined;
      })()`);
      await page.keyboard.press(stroke);
      if (await page.evaluate(`window.keyTarget === document.querySelector(${JSON.stringify(terminal)})`))
        break;
      if (tries === 20) throw new Error(`The terminal does not get the key ${stroke}.`);
    }
  }
}
