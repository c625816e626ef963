import type { Page } from 'playwright-core';
import * as vscode from 'vscode';
import { findTool, startMcpServer } from '../inside/mcp.ts';
import { chooseInMenu } from '../inside/menu.ts';
import { inPage } from '../inside/page.ts';
import { repeat } from '../inside/repeat.ts';
import type { TestContext } from '../inside/test.ts';
import { until } from '../inside/until.ts';

/** Themes in which every view must be legible. */
export const THEMES = ['Default Light Modern', 'Default Dark Modern', 'Default High Contrast'];

const SERVER = 'agent-tools.background-jobs/background-jobs';

/** How long a step may take that is repeated if it fails. */
const SOON_MS = 5000;
/** How long a list may take that a command collects first. */
const LIST_MS = 20_000;

/** Calls a tool through VS Code's MCP client, like a chat. @returns the text of the reply */
export async function callTool(name: string, input: Readonly<Record<string, unknown>> = {}): Promise<string> {
  if (findTool('execute') === undefined) await startMcpServer(SERVER, 'execute');
  const options = { input: { ...input }, toolInvocationToken: undefined };
  const result = await vscode.lm.invokeTool(findTool(name) ?? name, options);
  return result.content.map((part) => (part as vscode.LanguageModelTextPart).value).join('\n');
}

/** Returns a fact from the header line of a reply. */
export function fact(reply: string, key: string): string {
  const value = new RegExp(`\\b${key}=("(?:[^"\\\\]|\\\\.)*"|\\S+)`).exec(reply)?.[1];
  if (value === undefined) throw new Error(`There is no ${key} in: ${reply}`);
  return value;
}

/** Opens the view like a click on its icon. */
export async function openSidebar(): Promise<void> {
  await vscode.commands.executeCommand('backgroundJobs.jobs.focus');
  await showFinished();
}

/** Expands the group of finished jobs. A click collapses it if it moves under the mouse at the wrong moment. */
async function showFinished(): Promise<void> {
  await inPage(async (page) => {
    const closed = page.locator(
      '.pane-body [role="treeitem"][aria-label^="Finished"][aria-expanded="false"]',
    );
    if ((await closed.count()) === 0) return;
    // The group may go away at the same time.
    await closed
      .locator('.monaco-tl-twistie')
      .click({ timeout: 5000 })
      .catch(() => undefined);
  });
}

/** Returns the accessible labels of the rows, from top to bottom. */
export async function rows(): Promise<string[]> {
  return await inPage(async (page) => {
    const found = page.locator('.pane-body [role="treeitem"]');
    return await found.evaluateAll((rows: { getAttribute(name: string): string | null }[]) =>
      rows.map((row) => row.getAttribute('aria-label') ?? ''),
    );
  });
}

/**
 * Waits until the row of a running job shows that so much more time has passed. What else happens every second while the
 * window is open has happened by then.
 */
export async function untilOlder(name: string, seconds: number): Promise<void> {
  // The row under the mouse keeps its text for some time.
  await inPage((page) => page.locator('.statusbar').hover());
  const age = async (): Promise<number | undefined> => {
    const label = (await rows()).find((row) => row.startsWith(`${name}, running`)) ?? '';
    const [, minutes = 0, shown] = /· (?:(\d+)m )?(\d+)s\b/.exec(label) ?? [];
    return shown === undefined ? undefined : Number(minutes) * 60 + Number(shown);
  };
  const begun = performance.now();
  const start = await age();
  await until(`${name} has run for ${seconds} s more`, async () => {
    const now = await age();
    return now !== undefined && now > (start ?? 0) && performance.now() - begun >= seconds * 1000;
  });
}

/** Waits for a row whose label starts with a text. */
export async function untilRow(start: string): Promise<void> {
  await inPage(async (page, start) => {
    await page.locator(`.pane-body [role="treeitem"][aria-label^="${start}"]`).first().waitFor();
  }, start);
}

/** Waits until the visible output has a line that matches a pattern. @param timeout in ms */
export async function untilOutput(text: string, timeout = 60_000): Promise<void> {
  await inPage(
    async (page, { text, timeout }) => {
      // An editor shows spaces as no-break spaces. A terminal has lines, and an output channel is an editor.
      const lines = '.panel .xterm-rows > div, .panel .view-line';
      const pattern = new RegExp(`^${text.replaceAll(' ', '\\s')}\\s*$`);
      await page.locator(lines).filter({ hasText: pattern }).first().waitFor({ timeout });
    },
    { text, timeout },
  );
}

/** Takes steps until all of them are done. */
export function untilDone(steps: () => Promise<unknown>): Promise<void> {
  return repeat(steps, () => inPage((page) => page.keyboard.press('Escape')));
}

/** Clicks the row whose label starts with a text, and waits for a line of its output. */
export async function openOutput(label: string, text: string): Promise<void> {
  await untilDone(async () => {
    await showFinished();
    await inPage(
      (page, label) =>
        page.locator(`.pane-body [role="treeitem"][aria-label^="${label}"]`).first().click({ timeout: 5000 }),
      label,
    );
    await untilOutput(text, 5000);
  });
}

/** A point of the page, in CSS pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Clicks a button of the first row whose label starts with the given text, and waits until the extension has received
 * the command. Buttons are visible while the mouse is over their row. If VS Code redraws the row between press and
 * release, the button gets no `click` event, and the click is repeated.
 *
 * @param at where the button must be: waits until it is there, and does not move the mouse or click again
 * @returns the point that was clicked
 */
export async function clickRowButton(label: string, button: string, at?: Point): Promise<Point> {
  const point = await inPage(
    async (page, { label, button, at }) => {
      const rowSelector = `.pane-body [role="treeitem"][aria-label^="${label}"]`;
      const buttonSelector = `${rowSelector} .actions-container a[aria-label^="${button}"]`;
      const centerOfButton = async (): Promise<Point> => {
        const target = page.locator(buttonSelector).first();
        for (let tries = 1; ; tries++) {
          await page.locator(rowSelector).first().hover();
          try {
            await target.waitFor({ timeout: 3000 });
            break;
          } catch (error) {
            // The row moved away from under the mouse, such as when its job has just finished.
            if (tries === 10) throw error;
          }
        }
        const box = await target.boundingBox();
        // A row that is being redrawn has no box.
        return box === null
          ? await centerOfButton()
          : { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      };
      for (let tries = 1; tries <= 20; tries++) {
        const point = at ?? (await centerOfButton());
        const isButton = (element: string): string =>
          `${element}?.closest(${JSON.stringify(buttonSelector)}) != null`;
        await page.waitForFunction(isButton(`document.elementFromPoint(${point.x}, ${point.y})`));
        await page.evaluate(`window.isRowButtonClicked = false;
          window.addEventListener('click', ({ target }) => {
            window.isRowButtonClicked = ${isButton('target')};
          }, { capture: true, once: true });`);
        await page.mouse.click(point.x, point.y);
        if (await page.evaluate<boolean>('window.isRowButtonClicked')) return point;
      }
      throw new Error(`The row ${label} was redrawn during each of 20 clicks on ${button}.`);
    },
    { label, button, ...(at && { at }) },
  );
  // The reply of the window comes over the same connection as the command of the click, and later. So does a list that the
  // command shows.
  for (const step of [1, 2])
    await vscode.commands.executeCommand('setContext', 'backgroundJobsTest.isClicked', step);
  // VS Code passes no row to the command if the tree is drawn at the same time, and the command asks for a job.
  const isAsked = await inPage((page) =>
    page.locator('.quick-input-box input[placeholder="Choose a background job"]').isVisible(),
  );
  if (!isAsked || at !== undefined) return point;
  await inPage((page) => page.keyboard.press('Escape'));
  return clickRowButton(label, button);
}

/** Chooses a command from the palette, and then an option from the list of the command. */
export async function choose(title: string, option?: string): Promise<void> {
  await untilDone(async () => {
    await inPage(
      async (page, { title, timeout }) => {
        await page.keyboard.press('F1');
        await page.locator('.quick-input-box input').fill(`>${title}`, { timeout });
      },
      { title, timeout: SOON_MS },
    );
    await inPage(clickOption, { text: title, timeout: SOON_MS });
    if (option !== undefined) await inPage(clickOption, { text: option, timeout: LIST_MS });
  });
}

/**
 * Clicks the first option with a text in the open list. A click that arrives counts, also if a busy window says so too late:
 * another one would run a command twice. `inPage` sends the function as text, so it uses nothing around it.
 *
 * @param timeout in ms, for the option and for the click
 */
async function clickOption(
  page: Page,
  { text, timeout }: { readonly text: string; readonly timeout: number },
): Promise<void> {
  const option = page.locator('.quick-input-list [role="option"]').filter({ hasText: text }).first();
  await option.waitFor({ timeout });
  await page.evaluate(`window.isOptionClicked = false;
    window.addEventListener('click', ({ target }) => {
      window.isOptionClicked = target.closest('.quick-input-list [role="option"]') !== null;
    }, { capture: true, once: true });`);
  try {
    await option.click({ timeout });
  } catch (error) {
    if (!(await page.evaluate<boolean>('window.isOptionClicked'))) throw error;
  }
}

/** Where Enter is pressed. */
interface EnterTarget {
  /** A selector of Playwright. */
  readonly selector: string;
  /** A selector of the page for all elements of this kind: the one that gets the key may have been drawn anew. */
  readonly kind: string;
  /** In ms, for the element. */
  readonly timeout?: number;
  /** What to type first. */
  readonly text?: string;
}

/**
 * Presses Enter in an element, and again only if something else got the key, or a box of the same kind that has appeared
 * late. The key itself has no limit: another one would confirm twice. `inPage` sends the function as text, so it uses nothing
 * around it.
 */
async function pressEnter(page: Page, { selector, kind, timeout, text }: EnterTarget): Promise<void> {
  const patience = timeout === undefined ? {} : { timeout };
  const target = page.locator(selector).first();
  for (let tries = 1; tries <= 10; tries++) {
    await target.waitFor(patience);
    if (text !== undefined) await target.fill(text, patience);
    await page.evaluate(`window.isEnterTaken = false;
      window.addEventListener('keydown', (event) => {
        const isOther = ![undefined, event.target.value].includes(${JSON.stringify(text)});
        window.isEnterTaken = event.target.matches(${JSON.stringify(kind)}) && !isOther;
        if (isOther) event.stopImmediatePropagation();
      }, { capture: true, once: true });`);
    await target.focus(patience);
    await page.keyboard.press('Enter');
    if (await page.evaluate<boolean>('window.isEnterTaken')) return;
  }
  throw new Error(`The key Enter does not reach ${selector}.`);
}

/**
 * Fills an input box and confirms.
 *
 * @param open opens the box. Without it, the box opens by itself, and this waits for it.
 */
export async function answerInputBox(text: string, open?: () => Promise<unknown>): Promise<void> {
  if (open === undefined) return fillInputBox(text);
  await untilDone(async () => {
    await open();
    await fillInputBox(text, { timeout: SOON_MS });
  });
}

/** The palette uses the same box. Ours has no list below it, or it has a title. */
const INPUT_BOX = [
  '.quick-input-widget:not(:has(.quick-input-list:visible))',
  '.quick-input-widget:has(:text-is("Run Command in Background")):has(.quick-input-titlebar:visible)',
]
  .map((widget) => `${widget} .quick-input-box input`)
  .join(', ');

async function fillInputBox(text: string, patience: { readonly timeout?: number } = {}): Promise<void> {
  await inPage(pressEnter, { selector: INPUT_BOX, kind: '.quick-input-box input', text, ...patience });
}

/** Waits for a notification with a text. In tests VS Code shows no toasts, only the list. */
export async function untilNotice(text: string, patienceMs?: number): Promise<void> {
  const isShown = async (): Promise<boolean> => {
    await vscode.commands.executeCommand('notifications.showList');
    return await inPage(
      (page, text) => page.locator('.notifications-center').filter({ hasText: text }).isVisible(),
      text,
    );
  };
  await until(text, isShown, patienceMs);
}

/**
 * Presses the button of a notification by key, since the header of the list can cover it for a moment. The list closes when
 * something else takes the focus, and is shown again then.
 */
export async function pressInNotice(text: string, button: string): Promise<void> {
  await untilNotice(text);
  const notice = `.notifications-center .notification-list-item:has-text(${JSON.stringify(text)})`;
  const selector = `${notice} .monaco-button:has-text(${JSON.stringify(button)})`;
  await untilDone(async () => {
    await untilNotice(text, SOON_MS);
    await inPage(pressEnter, { selector, kind: '.notification-list-item .monaco-button', timeout: SOON_MS });
  });
}

/** Stops all running jobs at the end of a test. */
export async function endJobs(): Promise<void> {
  const list = await callTool('list', { status: 'running' });
  for (const [, id] of list.matchAll(/^id=(\S+)/gm)) await callTool('kill', { job_id: id });
}

/** Stops and removes all jobs, so that their rows do not affect the next test. */
export async function removeJobs(): Promise<void> {
  await endJobs();
  await vscode.commands.executeCommand('backgroundJobs.clearFinished');
}

/** Shows the window in a color theme until the end of the test. Waits until its pages have the theme, too. */
export async function useTheme({ after }: Pick<TestContext, 'after'>, theme: string): Promise<void> {
  const workbench = vscode.workspace.getConfiguration('workbench');
  after(() => workbench.update('colorTheme', undefined, vscode.ConfigurationTarget.Global));
  await workbench.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
  const kind = /Light|Dark|High Contrast/.exec(theme)?.[0].toLowerCase().replace(' ', '-') ?? '';
  await until(`the pages have ${theme}`, () =>
    inPage(async (page, kind) => {
      const isDressed = `!/vscode-(?:light|dark|high)/.test(document.body.className) || document.body.classList.contains('vscode-${kind}')`;
      const frames = await Promise.allSettled(page.frames().map((frame) => frame.evaluate(isDressed)));
      const workbench = { light: '.vs', dark: '.vs-dark', 'high-contrast': '.hc-black' }[kind] ?? '';
      return (
        (await page.locator(`.monaco-workbench${workbench}`).count()) > 0 &&
        frames.every((each) => each.status === 'rejected' || each.value === true)
      );
    }, kind),
  );
}

/** Chooses from the context menu of the first row whose label begins with a text. */
export async function chooseInRow(label: string, item: string): Promise<void> {
  await untilDone(async () => {
    await inPage(async (page, label) => {
      const row = page.locator(`.pane-body [role="treeitem"][aria-label^="${label}"]`);
      await row.first().click({ button: 'right', timeout: 5000 });
    }, label);
    await inPage(chooseInMenu, item);
  });
}
