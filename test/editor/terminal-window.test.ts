import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { UNIVERSAL } from '../../native-targets.ts';
import { terminalSizeOf } from '../../src/protocol/job-record.ts';
import { commandOf } from '../support/debian-program.ts';
import { htop, less, vim } from '../support/full-screen-programs.ts';
import { eventually } from '../support/runner.ts';
import { repeat } from './inside/repeat.ts';
import { typeInTerminal } from './inside/typing.ts';
import { installVsix } from './install-vsix.ts';
import { openWindow, type Window } from './window.ts';
import { inNotifications, OUTPUT_LINE, runCommand, runInTerminal, SOON } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');
const ROW = '.pane-body [role="treeitem"]';
const TERMINAL = '.panel .terminal-wrapper.active';
/** For changes of a window, which may be busy with its start. */
const PATIENCE_MS = 60_000;
/** Until a click that had no effect is repeated. */
const CLICK_HANDLED_MS = 2000;

function soon(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  return eventually(what, condition, PATIENCE_MS);
}

/** Opens a window in which a job outlives a reload. */
function openLastingWindow(t: TestContext): Promise<Window> {
  return openWindow(t, { extension: root, keepsJobs: true });
}

/** Returns the lines of the visible terminal. */
async function lines(page: Page): Promise<string[]> {
  const found = await page.locator(`${TERMINAL} .xterm-rows > div`).allTextContents();
  return found.map((line) => line.replaceAll('\u00a0', ' ').trimEnd());
}

async function hasLine(page: Page, pattern: RegExp): Promise<boolean> {
  return (await lines(page)).some((line) => pattern.test(line));
}

async function untilLine(page: Page, pattern: RegExp): Promise<void> {
  await soon(`a line matches ${pattern}`, () => hasLine(page, pattern));
}

/** Waits until the screen begins with some lines. While it is drawn, lines can be empty. */
async function untilLines(page: Page, first: readonly string[]): Promise<void> {
  await soon(`the first lines are ${first.join()}`, async () => {
    const found = await lines(page);
    return first.every((line, at) => found[at] === line);
  });
}

/**
 * Opens the terminal of the only running job by a click on its row. After a reload, VS Code may open a shell in the panel,
 * so a terminal is not enough to know that the click arrived.
 *
 * @param shown matches a line in the terminal of the job
 */
async function openJob(page: Page, shown: RegExp): Promise<void> {
  await runCommand(page, 'View: Show Background Jobs');
  const open = async (): Promise<void> => {
    await page.locator(`${ROW}[aria-label*="running"]`).first().click(SOON);
    await eventually('its terminal is active', async () => hasLine(page, shown), SOON.timeout);
  };
  // The program may have the keyboard, so no key is pressed before the next try.
  await repeat(open, () => Promise.resolve());
}

async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.locator('.monaco-workbench').waitFor();
}

/** Clicks a cell of the visible terminal; the first row and column are 1. */
async function clickCell(page: Page, row: number, column: number): Promise<void> {
  const screen = page.locator(`${TERMINAL} .xterm-screen`);
  let box = (await screen.boundingBox())!;
  // The terminal may still move after a reload.
  await eventually('it stays where it is', async () => {
    const before = JSON.stringify(box);
    await page.waitForTimeout(200);
    box = (await screen.boundingBox())!;
    return JSON.stringify(box) === before;
  });
  const rows = await page.locator(`${TERMINAL} .xterm-rows > div`).count();
  const height = box.height / rows;
  // A cell of a monospaced font is about 0.6 times as wide as it is high, without the space between lines.
  const width = await page.evaluate<number>(`(() => {
    const canvas = document.createElement('canvas').getContext('2d');
    const style = getComputedStyle(document.querySelector(${JSON.stringify(`${TERMINAL} .xterm-rows`)}));
    canvas.font = style.fontSize + ' ' + style.fontFamily;
    return canvas.measureText('W').width;
  })()`);
  await page.mouse.click(box.x + (column - 0.5) * width, box.y + (row - 0.5) * height);
}

test(
  'a file is edited with vim by keyboard and mouse, with a reload in the middle, and saved',
  { skip: vim.skip },
  async (t) => {
    assert.ok(vim.skip === false);
    const { page, jobs, workspace } = await openLastingWindow(t);
    await runInTerminal(page, `${commandOf(vim.program)} -u NONE -i NONE -c 'set mouse=a nocp' edited.txt`);
    await untilLine(page, /^~$/);
    await typeInTerminal(page, ['ifirst line', '{Enter}', 'second line', '{Escape}']);
    await untilLine(page, /^second line$/);
    await reload(page);
    await openJob(page, /^second line$/);
    await untilLines(page, ['first line', 'second line', '~']);
    // The mouse still works: a click moves the cursor.
    await clickCell(page, 1, 7);
    await typeInTerminal(page, ['D', 'Anow with a reload', '{Escape}']);
    await untilLine(page, /^first.*now with a reload$/);
    await typeInTerminal(page, [':wq', '{Enter}']);
    await soon('it has ended', () => jobs()[0]?.status === 'completed');
    const text = readFileSync(join(workspace, 'edited.txt'), 'utf8');
    assert.match(text, /^first.*now with a reload\nsecond line\n$/);
    assert.ok(!text.startsWith('first line'), text);
  },
);

test('less is used on after a reload', { skip: less.skip }, async (t) => {
  assert.ok(less.skip === false);
  const { page, jobs, workspace } = await openLastingWindow(t);
  const text = Array.from({ length: 500 }, (_, line) => `line ${line + 1}`).join('\n');
  writeFileSync(join(workspace, 'long.txt'), `${text}\n`);
  await runInTerminal(page, `LESS= ${commandOf(less.program)} long.txt`);
  await untilLine(page, /^line 1$/);
  await typeInTerminal(page, ['100g']);
  await untilLine(page, /^line 100$/);
  await reload(page);
  await openJob(page, /^line 100$/);
  await untilLines(page, ['line 100']);
  await typeInTerminal(page, ['{ArrowDown}']);
  await untilLine(page, /^line 101$/);
  await typeInTerminal(page, ['/line 499', '{Enter}']);
  await untilLine(page, /^line 500$/);
  await typeInTerminal(page, ['q']);
  await soon('it has ended', () => jobs()[0]?.status === 'completed');
});

test('htop is used on after a reload', { skip: htop.skip }, async (t) => {
  assert.ok(htop.skip === false);
  const { page, jobs } = await openLastingWindow(t);
  await runInTerminal(page, `HTOPRC=/dev/null ${commandOf(htop.program)}`);
  await untilLine(page, /F10\s*Quit/);
  await reload(page);
  await openJob(page, /F10\s*Quit/);
  // Its bar of keys works by mouse. It may move when the view gets its size.
  const hasEnded = (): boolean => jobs()[0]?.status === 'completed';
  await soon('a click ends it', async () => {
    const found = await lines(page);
    const at = found.findIndex((line) => /F10\s*Quit/.test(line));
    if (at !== -1) await clickCell(page, at + 1, found[at]!.indexOf('Quit') + 2);
    return await eventually('it has ended', hasEnded, CLICK_HANDLED_MS).then(() => true, hasEnded);
  });
});

test('of two windows the one in which the user types sets the size', async (t) => {
  const { page, jobs, another } = await openLastingWindow(t);
  await runInTerminal(page, "trap 'stty size' WINCH; echo ready; while :; do read -t 0.1 -r line; done");
  await untilLine(page, /^ready$/);
  const columns = (): number => terminalSizeOf(jobs()[0]!)!.columns;
  // The view in a window of 1280 pixels has 105 columns, and that of 900 has 60.
  const isWide = (): boolean => columns() > 80;
  const isNarrow = (): boolean => columns() < 80;
  await soon('it has the size of its view', isWide);
  const second = await another();
  await second.setViewportSize({ width: 900, height: 700 });
  await openJob(second, /^ready$/);
  for (let round = 0; round < 3; round++) {
    await typeInTerminal(second, ['x']);
    await soon('it is narrow', isNarrow);
    await typeInTerminal(page, ['x']);
    await soon('it is wide', isWide);
  }
});

test('a view shows the end of a flood of output, and takes input', async (t) => {
  const { page, jobs, workspace } = await openLastingWindow(t);
  await runInTerminal(
    page,
    'until [ -e go ]; do sleep 0.05; done; seq 2000000; echo the end; read -r answer',
  );
  writeFileSync(join(workspace, 'go'), '');
  await untilLine(page, /^the end$/);
  assert.equal((await lines(page)).filter((line) => line === '2000000').length, 1);
  await typeInTerminal(page, ['answer', '{Enter}']);
  await soon('it has ended', () => jobs()[0]?.status === 'completed');
  assert.ok(existsSync(join(workspace, 'go')));
});

test('without the native code of the package jobs have pipes, and one notification says why', async (t) => {
  const { page, jobs } = await openWindow(t, { extensionsDir: await installVsix(t, UNIVERSAL) });
  const notices = page
    .locator('.notifications-center .notification-list-item')
    .filter({ hasText: 'no terminals here' });
  for (const word of ['first', 'second']) {
    await runInTerminal(page, `test -t 1 || echo ${word} piped`);
    await page
      .locator(OUTPUT_LINE)
      .filter({ hasText: new RegExp(`^${word}.piped$`) })
      .first()
      .waitFor();
  }
  assert.ok(jobs().every(({ lacksTerminal }) => lacksTerminal?.includes('is not installed') === true));
  await inNotifications(page, async () => {
    await notices.first().waitFor(SOON);
    assert.equal(await notices.count(), 1);
    await page.screenshot({ path: join(root, 'dist', 'test', 'screenshots', 'no-terminals.png') });
    // Without the setting, there is nothing to say.
    // With the limit of the page: a busy one acknowledges a click late, and then the notice is gone.
    await notices.getByRole('button', { name: 'Always Use Pipes' }).click();
  });
  // VS Code writes the setting a moment after the click.
  await eventually(
    'a job has pipes because of the setting',
    async () => {
      const count = jobs().length + 1;
      await runInTerminal(page, `echo job ${count}`);
      await soon(
        'it has run',
        () => jobs().length === count && jobs().every(({ status }) => status === 'completed'),
      );
      return jobs().at(-1)!.lacksTerminal === undefined;
    },
    3 * PATIENCE_MS,
  );
});
