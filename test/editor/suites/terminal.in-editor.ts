import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { later } from '../inside/clock.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test, type TestContext } from '../inside/test.ts';
import { typeInTerminal } from '../inside/typing.ts';
import { until } from '../inside/until.ts';
import {
  answerInputBox,
  callTool,
  choose,
  clickRowButton,
  endJobs,
  fact,
  openOutput,
  openSidebar,
  THEMES,
  untilNotice,
  untilOutput,
  untilRow,
} from './tools.ts';

async function setForAll(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);
}

/** Types into the visible terminal. See `typeInTerminal`. */
function type(...keys: string[]): Promise<void> {
  return inPage(typeInTerminal, keys);
}

/** Returns the lines of the visible terminal. */
async function lines(): Promise<string[]> {
  return await inPage(async (page) => {
    const found = await page.locator('.panel .terminal-wrapper.active .xterm-rows > div').allTextContents();
    return found.map((line) => line.replaceAll('\u00a0', ' ').trimEnd()).filter((line) => line !== '');
  });
}

function terminalsOf(name: string): vscode.Terminal[] {
  return vscode.window.terminals.filter((terminal) => terminal.name === name);
}

function closeTerminals(): void {
  for (const terminal of vscode.window.terminals) terminal.dispose();
}

/** Skips a test without a page, and closes other terminals, which would take some of the width. */
function prepare(t: TestContext): void {
  if (!hasPage) t.skip('needs a page');
  closeTerminals();
  t.after(endJobs);
  t.after(closeTerminals);
}

test('shows output in UTF-16 that begins with a byte order mark', async (t) => {
  prepare(t);
  const print = `process.stdout.write(Buffer.from('\\ufeff日本語 wide\\n', 'utf16le'))`;
  const env = { NODE: process.execPath, ELECTRON_RUN_AS_NODE: '1' };
  await callTool('execute', { command: `"$NODE" -e "${print}"; exec sleep 100`, name: 'wide', env });
  await openSidebar();
  await openOutput('wide', '日本語 wide');
});

test('opens the terminal of a job on a click, sends typed input and interrupts on Ctrl+C', async (t) => {
  prepare(t);
  await callTool('execute', {
    command: `printf '\\033[31mred\\033[0m 日本 '; echo; printf 'your name? '; read name; echo "hello $name"; exec sleep 100`,
    name: 'greeter',
  });
  assert.equal(terminalsOf('greeter').length, 0, 'no terminal before it is opened');
  await openSidebar();
  await openOutput('greeter', 'red 日本');
  await untilOutput('your name\\?');
  const red = await inPage((page) =>
    page.locator('.panel .xterm-rows span').filter({ hasText: /^red$/ }).first().getAttribute('class'),
  );
  assert.match(red ?? '', /xterm-fg-1/);
  await type('Adx', '{ArrowLeft}', '{Backspace}', 'a', '{Enter}');
  await untilOutput('hello Ada');
  assert.deepEqual((await lines()).slice(-2), ['your name? Ada', 'hello Ada']);
  assert.doesNotMatch(await callTool('output', { job_id: 'greeter' }), /\? Ada/, 'no echo in the log');
  await type('{Control+c}');
  await untilOutput('\\[killed · SIGINT · .*\\]');
  await type('x', 'y');
  await untilOutput('\\[The job has finished \\(killed\\)\\. Your input is ignored\\.\\]');
  await openOutput('greeter', 'hello Ada');
  assert.equal(terminalsOf('greeter').length, 1, 'opening it again shows the same');
});

test('accepts several pasted lines, Ctrl+D, and a line typed while the job prints', async (t) => {
  prepare(t);
  await callTool('execute', { command: 'echo ready; cat; echo "over"; exec 0<&-; sleep 100', name: 'cat' });
  await openSidebar();
  await openOutput('cat', 'ready');
  terminalsOf('cat')[0]!.sendText('one\ntwo', true);
  await untilOutput('two');
  await type('half');
  await callTool('interact', { job_id: 'cat', input: 'from elsewhere' });
  await untilOutput('from elsewhere');
  await type(' a line', '{Enter}');
  const expected = ['ready', 'one', 'two', 'one', 'two', 'from elsewhere', 'half a line', 'half a line'];
  await until('both are whole', async () => isDeepStrictEqual((await lines()).slice(1), expected));
  await type('{Control+d}');
  await untilOutput('over');
  await type('too late', '{Enter}');
  await untilOutput('\\[The stdin of this job is closed\\..*');
  await screenshot('terminal-closed-stdin');
});

test(
  'stays usable while a job prints 200 MB, and shows its last line',
  async (t) => {
    prepare(t);
    await callTool('execute', {
      command: `read go; yes 'a line of a job that prints fast' | head -c 200000000; echo; echo the last line; sleep 100`,
      name: 'flood',
    });
    await openSidebar();
    await openOutput('flood', '\\$ read go.*');
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    t.after(() => clearInterval(watch));
    await type('{Enter}');
    await untilOutput('a line of a job that prints fast');
    // The extension host and the window answer while it prints.
    assert.match(await callTool('list'), /name="?flood/);
    await answerInputBox('unread', () => clickRowButton('flood', 'Send Input'));
    // The terminal is hidden. The job continues.
    await vscode.commands.executeCommand('workbench.action.closePanel');
    const last = { job_ids: ['flood'], until: 'pattern', regex: 'the last line' };
    await until(
      'it has printed all',
      async () => fact(await callTool('wait', last), 'reason') === 'pattern',
      150_000,
    );
    await openOutput('flood', 'the last line');
    console.log(`memory of the extension host: +${Math.round((most - before) / 1e6)} MB`);
    assert.ok(most - before < 150e6, `${most - before} bytes`);
    assert.ok((await lines()).length > 5);
  },
  { timeout: 300_000 },
);

test('interrupts a job that prints without end', async (t) => {
  prepare(t);
  await callTool('execute', { command: 'exec yes without end', name: 'endless' });
  await openSidebar();
  await openOutput('endless', 'without end');
  await type('{Control+c}');
  await untilOutput('\\[killed · SIGINT · .*\\]');
});

test('replays the end of a long log and says what is not shown', async (t) => {
  prepare(t);
  await setForAll('terminal.integrated.scrollback', 100_000);
  t.after(() => setForAll('terminal.integrated.scrollback', undefined));
  await callTool('execute', { command: 'seq 1 100000', name: 'long', wait_s: 45 });
  await openSidebar();
  await openOutput('long', '100000');
  await untilOutput('\\[completed · exit code 0 · .*\\]');
  await vscode.commands.executeCommand('workbench.action.terminal.scrollToTop');
  await untilOutput('\\[\\d+ earlier bytes are not shown\\]');
  const [command, remark, first] = await lines();
  assert.equal(command, '$ seq 1 100000');
  const hidden = Number(/^\[(\d+) earlier bytes/.exec(remark!)![1]);
  const before = Array.from({ length: Number(first) - 1 }, (_, at) => `${at + 1}\n`).join('').length;
  assert.equal(hidden, before);
});

test('keeps the output in the terminal of a removed job', async (t) => {
  prepare(t);
  await callTool('execute', { command: 'echo still to be read', name: 'removed', wait_s: 45 });
  await openSidebar();
  await openOutput('removed', 'still to be read');
  await setForAll('backgroundJobs.historyLimit', 0);
  t.after(() => setForAll('backgroundJobs.historyLimit', undefined));
  // A job that just finished is kept. Two minutes later it is removed when the next job ends.
  await later(2 * 60_000, () => callTool('execute', { command: 'true', wait_s: 45 }));
  assert.match(await callTool('status', { job_id: 'removed' }), /^Error: There is no job/);
  await type('x');
  await untilOutput('\\[This job was removed from the list\\.\\]');
  await untilOutput('still to be read');
});

test('keeps the job running when its terminal is closed, and opens another terminal for a restarted job', async (t) => {
  prepare(t);
  await callTool('execute', { command: 'echo begun; sleep 100', name: 'server' });
  await openSidebar();
  await openOutput('server', 'begun');
  const [first] = terminalsOf('server');
  first!.dispose();
  await until('it is closed', () => terminalsOf('server').length === 0);
  assert.equal(fact(await callTool('status', { job_id: 'server' }), 'status'), 'running');
  await openOutput('server', 'begun');
  const id = fact(await callTool('status', { job_id: 'server' }), 'id');
  await vscode.commands.executeCommand('backgroundJobs.restart', { id });
  await until('there are two', () => terminalsOf('server').length === 2);
  await untilRow('server, killed');
});

test('reports commands that come too late for a job', async (t) => {
  prepare(t);
  const id = fact(await callTool('execute', { command: 'true', wait_s: 45 }), 'id');
  const told = async (text: string): Promise<void> => {
    await untilNotice(text);
    await vscode.commands.executeCommand('notifications.clearAll');
  };
  for (const command of ['kill', 'sendInput']) {
    await vscode.commands.executeCommand(`backgroundJobs.${command}`, { id });
    await told('The job has already finished (completed).');
  }
  for (const command of ['showOutput', 'showOutputInTerminal', 'restart']) {
    await vscode.commands.executeCommand(`backgroundJobs.${command}`, { id: 'nobody' });
    await told('This job was removed from the list.');
  }
});

test('opens output where the setting says, and elsewhere by two commands', async (t) => {
  prepare(t);
  await setForAll('backgroundJobs.openOutputIn', 'output');
  t.after(() => setForAll('backgroundJobs.openOutputIn', undefined));
  await callTool('execute', { command: 'echo seen; sleep 100', name: 'shown' });
  await openSidebar();
  await openOutput('shown', 'seen');
  assert.equal(terminalsOf('shown').length, 0);
  await choose('Background Jobs: Show Output in Terminal', 'shown');
  await until('it has a terminal', () => terminalsOf('shown').length === 1);
  await setForAll('backgroundJobs.openOutputIn', undefined);
  await choose('Background Jobs: Show Output in Output Channel', 'shown');
  await inPage((page) =>
    page
      .locator('.panel .view-line')
      .filter({ hasText: /^seen$/ })
      .first()
      .waitFor(),
  );
  await answerInputBox('echo "type: "; read it; echo "typed $it"', () =>
    choose('Background Jobs: Run Command in Background'),
  );
  await untilOutput('type:');
  // The terminal of a job that the user started has the focus.
  await inPage(async (page) => {
    await page.locator('.panel .terminal-wrapper.active .xterm.focus').waitFor();
  });
  await type('now', '{Enter}');
  await untilOutput('typed now');
});

for (const theme of THEMES) {
  test(`looks right in ${theme}`, async (t) => {
    prepare(t);
    await setForAll('workbench.colorTheme', theme);
    t.after(() => setForAll('workbench.colorTheme', undefined));
    const name = `coloured ${theme}`;
    const command = `seq 1 60000; printf '\\033[32mready\\033[0m in 212 ms\\n\\033[33mwarning\\033[0m: unused\\n'; for i in 1 2 3; do printf "\\r%s%%" $i; done; echo; printf 'continue? '; read a; printf "\\033[36myou said %s\\033[0m\\n" $a; exit 3`;
    await callTool('execute', { command, name });
    await openSidebar();
    await openOutput(name, 'continue\\?');
    await screenshot(`terminal ${theme} prompt`);
    await type('yes', '{Enter}');
    await untilOutput('\\[failed · exit code 3 · .*');
    await screenshot(`terminal ${theme}`);
  });
}
