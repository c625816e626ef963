import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test, type TestContext } from '../inside/test.ts';
import { typeInTerminal } from '../inside/typing.ts';
import { until } from '../inside/until.ts';
import {
  answerInputBox,
  callTool,
  choose,
  endJobs,
  fact,
  openSidebar,
  rows,
  THEMES,
  untilDone,
  untilOutput,
} from './tools.ts';

const RUN = 'Background Jobs: Run Command in Background';

function closeTerminals(): void {
  for (const terminal of vscode.window.terminals) terminal.dispose();
}

async function prepare(t: TestContext, useTerminal = true): Promise<string> {
  if (!hasPage) t.skip('needs a page');
  closeTerminals();
  const settings = vscode.workspace.getConfiguration('backgroundJobs');
  await settings.update('useTerminal', useTerminal, vscode.ConfigurationTarget.Global);
  t.after(() => settings.update('useTerminal', undefined, vscode.ConfigurationTarget.Global));
  t.after(endJobs);
  t.after(closeTerminals);
  return vscode.workspace.workspaceFolders![0]!.uri.fsPath;
}

/** Runs a command from the palette, as a user does. */
async function run(command: string): Promise<void> {
  await answerInputBox(command, () => choose(RUN));
}

/** Types into the visible terminal. See `typeInTerminal`. */
function press(...keys: string[]): Promise<void> {
  return inPage(typeInTerminal, keys);
}

async function lines(): Promise<string[]> {
  return await inPage(async (page) => {
    const found = await page.locator('.panel .terminal-wrapper.active .xterm-rows > div').allTextContents();
    return found.map((line) => line.replaceAll('\u00a0', ' ').trimEnd());
  });
}

/** Starts or ends Zen Mode, in which the panel is hidden. A command that is taken late is not repeated. */
async function toggleZenMode(panel: 'hidden' | 'visible'): Promise<void> {
  await untilDone(async () => {
    const isVisible = await inPage((page) => page.locator('.part.panel').isVisible());
    if (isVisible === (panel === 'visible')) return;
    await choose('View: Toggle Zen Mode');
    await inPage((page, state) => page.locator('.part.panel').waitFor({ state, timeout: 20_000 }), panel);
  });
}

const vi = ['/usr/bin/vim.basic', '/usr/bin/vim', '/usr/bin/vi'].find((path) => existsSync(path));

test('a user edits and saves a file with vi in the terminal of a job', async (t) => {
  const folder = await prepare(t);
  if (vi === undefined) t.skip('needs vi');
  const file = join(folder, 'edited.txt');
  t.after(() => rmSync(file, { force: true }));
  await run(`${vi} -u NONE -i NONE edited.txt`);
  await untilOutput('~');
  await press('ifirst', '{Enter}', 'second', '{Escape}', '{ArrowUp}', 'x');
  // "first" has lost the character under the cursor.
  await untilOutput('second');
  for (const theme of THEMES) {
    await vscode.workspace
      .getConfiguration('workbench')
      .update('colorTheme', theme, vscode.ConfigurationTarget.Global);
    await screenshot(`terminal-vi-${theme}`);
  }
  const [first, second] = await lines();
  assert.match(first ?? '', /^firs/);
  assert.equal(second, 'second');
  assert.match(await callTool('list'), /tty=true/);
  await openSidebar();
  await until('its row shows the terminal', async () => {
    const row = (await rows()).find((row) => row.includes('edited.txt')) ?? '';
    return /running · waits for input · (?:\d+m )?\d+s · terminal$/.test(row);
  });
  await press(':wq', '{Enter}');
  await until('the file is saved', () => existsSync(file) && readFileSync(file, 'utf8').includes('second'));
  assert.equal(readFileSync(file, 'utf8').split('\n')[1], 'second');
  await untilOutput('\\[completed .*\\]');
  await press('x');
  await untilOutput('\\[The job has finished \\(completed\\)\\. Your input is ignored\\.\\]');
});

test('a terminal that is opened late shows the screen as it is', async (t) => {
  await prepare(t);
  await run(
    "printf 'old line\\n\\e[?1049h\\e[2J\\e[3;5Hmenu\\e[1;1H'; read -n 1 key; printf '\\e[?1049l'; echo pressed $key",
  );
  await untilOutput(' *menu');
  closeTerminals();
  await vscode.commands.executeCommand('backgroundJobs.showOutput', { id: await runningJob() });
  await untilOutput(' *menu');
  assert.equal((await lines())[2], '    menu');
  await press('y');
  await untilOutput('pressed y');
});

test('the terminal of a queued job says what it waits for until it starts', async (t) => {
  await prepare(t);
  // Beside the chat of an earlier test, the terminal is too narrow for a line of this test.
  await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  await callTool('execute', { command: 'read -r go', name: 'gate' });
  for (const tty of [true, false]) {
    const queued = { command: 'stty -a | head -n 1; echo it starts', tty, after: ['gate'] };
    const id = fact(await callTool('execute', queued), 'id');
    await vscode.commands.executeCommand('backgroundJobs.showOutput', { id });
    await untilOutput('\\[The job is queued \\(after gate\\) and has not started yet\\.\\]');
    if (!tty) continue;
    await callTool('interact', { job_id: 'gate', input: 'go' });
    await untilOutput('it starts');
    // As a program expects, the terminal was empty.
    assert.match((await lines())[0] ?? '', /^speed /);
    await callTool('execute', { command: 'read -r go', name: 'gate' });
  }
  await callTool('kill', { job_id: 'gate' });
  await untilOutput('\\[failed · It was not started, because .*');
});

test('the terminal has the size of its view', async (t) => {
  await prepare(t);
  await run("trap 'stty size' WINCH; stty size; while :; do sleep 0.1; done");
  await untilOutput('^\\d+ \\d+$');
  const job_id = await runningJob();
  await until('it has the rows of the view', async () => {
    const seen = await inPage((page) =>
      page.locator('.panel .terminal-wrapper.active .xterm-rows > div').count(),
    );
    const [, columns = '0'] =
      new RegExp(`tty=(\\d+)x${seen}\\b`).exec(await callTool('status', { job_id })) ?? [];
    return (await lines()).includes(`${seen} ${columns}`);
  });
});

test('a hidden prompt of a program works as in any terminal', async (t) => {
  await prepare(t);
  await run('read -s -p "Password: " word; echo; echo ${#word} characters');
  await untilOutput('Password:');
  await press('secret', '{Enter}');
  await untilOutput('6 characters');
  assert.ok(!(await lines()).some((line) => line.includes('secret')));
});

test('Ctrl+C in the terminal interrupts the program in the foreground', async (t) => {
  await prepare(t);
  await run("trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.1; done");
  await untilOutput('ready');
  await press('{Control+c}');
  await untilOutput('\\^Cinterrupted');
});

test(
  'the window stays usable while a job prints 200 MB to its terminal',
  async (t) => {
    await prepare(t);
    await run(
      `read go; yes 'a line of a job that prints fast' | head -c 200000000; echo; echo the last line; sleep 100`,
    );
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    t.after(() => clearInterval(watch));
    await press('{Enter}');
    await untilOutput('a line of a job that prints fast');
    // The extension host and the window answer while it prints.
    assert.match(await callTool('list'), /status=running/);
    await toggleZenMode('hidden');
    await toggleZenMode('visible');
    await untilOutput('the last line', 150_000);
    console.log(`memory of the extension host: +${Math.round((most - before) / 1e6)} MB`);
    assert.ok(most - before < 150e6, `${most - before} bytes`);
  },
  { timeout: 300_000 },
);

test('a paste is bracketed if the program wants that', async (t) => {
  await prepare(t);
  await run(
    "stty raw -echo; printf '\\e[?2004hready\\r\\n'; dd bs=1 count=20 2>/dev/null | od -An -c; stty sane",
  );
  await untilOutput('ready');
  await inPage(async (page) => {
    await page.evaluate(`(() => {
      const data = new DataTransfer();
      data.setData('text/plain', 'two\\nlines');
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      document.querySelector('.panel .terminal-wrapper.active .xterm-helper-textarea').dispatchEvent(event);
    })()`);
  });
  await untilOutput('.*033 +\\[ +2 +0 +0 +~ +t +w +o +\\\\r +l +i.*');
});

test('a click is sent to a program that wants the mouse', async (t) => {
  await prepare(t);
  await run(
    "stty raw -echo; printf '\\e[?1000h\\e[?1006hready\\r\\n'; dd bs=1 count=6 2>/dev/null | od -An -c; stty sane",
  );
  await untilOutput('ready');
  await inPage((page) =>
    page.locator('.panel .terminal-wrapper.active .xterm-screen').click({ position: { x: 20, y: 20 } }),
  );
  await untilOutput('.*033 +\\[ +< +0 +; .*');
});

test('a program that asks its terminal as it starts gets one answer', async (t) => {
  await prepare(t);
  await run(
    "stty raw -echo; printf '\\e[creading'; IFS= read -r -d x seen; stty sane; printf '\\n%q\\n' \"$seen\"",
  );
  await untilOutput('reading');
  await press('x');
  await untilOutput("\\$'\\\\E\\[\\?1;2c'");
});

test('sequences of shell integration reach VS Code', async (t) => {
  const folder = await prepare(t);
  await run(`printf '\\e]633;A\\a\\e]633;P;Cwd=${folder}\\aready\\n\\e]633;B\\a'; sleep 100`);
  await untilOutput('ready');
  await until(
    'VS Code knows the folder of the shell',
    () => vscode.window.activeTerminal?.shellIntegration?.cwd?.fsPath === folder,
  );
});

test('without the setting a job has pipes', async (t) => {
  await prepare(t, false);
  await run('test -t 1 || echo piped');
  await untilOutput('piped');
});

async function runningJob(): Promise<string> {
  const id = /id=(\S+) [^\n]*status=running/.exec(await callTool('list'))?.[1];
  assert.ok(id !== undefined);
  return id;
}
