import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { chooseInMenu } from '../inside/menu.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test, type TestContext } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import { answerInputBox, callTool, choose, endJobs, THEMES, untilDone, untilOutput } from './tools.ts';

const RUN = 'Background Jobs: Run Command in Background';

/**
 * Writes files into the workspace for the time of a test. What runs there prints the last part of a path only: all of it
 * would take two lines of a narrow panel.
 *
 * @returns the folder
 */
function workspace(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    t.after(() => rmSync(join(folder, name.split('/', 1)[0]!), { recursive: true, force: true }));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}

/** Opens output in output channels, which do not wrap long lines. */
async function showInChannels(t: TestContext): Promise<void> {
  const settings = vscode.workspace.getConfiguration('backgroundJobs');
  await settings.update('openOutputIn', 'output', vscode.ConfigurationTarget.Global);
  t.after(() => settings.update('openOutputIn', undefined, vscode.ConfigurationTarget.Global));
}

/** Returns how often a command was run, as the agent sees it. */
async function runsOf(command: string): Promise<number> {
  const list = await callTool('list');
  return list.split('\n').filter((line) => line.includes(`command=${JSON.stringify(command)}`)).length;
}

/** Clicks a button of a row in the open list, which may be drawn again meanwhile. */
async function clickListButton(text: string, button: string): Promise<void> {
  await until(`${button} is clicked`, () =>
    inPage(
      async (page, [text, button]) => {
        const soon = { timeout: 5000 };
        const row = page.locator('.quick-input-list [role="option"]').filter({ hasText: text }).first();
        try {
          await row.hover(soon);
          await row.locator(`.action-label[aria-label="${button}"]`).click(soon);
          return true;
        } catch {
          return false;
        }
      },
      [text, button] as const,
    ),
  );
}

async function clickRow(text: string): Promise<void> {
  await inPage(async (page, text) => {
    await page.locator('.quick-input-list [role="option"]').filter({ hasText: text }).first().click();
  }, text);
}

/** Waits until the input box contains a text. */
async function untilTyped(text: string): Promise<void> {
  const typed = (): Promise<string> => inPage((page) => page.locator('.quick-input-box input').inputValue());
  await until(`${text} is in the box`, async () => (await typed()) === text);
}

async function untilText(text: string): Promise<void> {
  await inPage((page, text) => page.getByText(text).first().waitFor(), text);
}

/** Opens the context menu of a file in the Explorer and clicks an item. */
async function chooseInExplorer(file: string, item: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.files.action.refreshFilesExplorer');
  await vscode.commands.executeCommand('workbench.view.explorer');
  await untilDone(async () => {
    await inPage(async (page, file) => {
      await page
        .locator(`.explorer-folders-view [role="treeitem"][aria-label^="${file}"]`)
        .click({ button: 'right', timeout: 5000 });
    }, file);
    await inPage(chooseInMenu, item);
  });
}

test('runs, edits and removes commands of the history', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const command = 'echo $(expr 40 + 2) from before';
  await answerInputBox(command, () => choose(RUN));
  await untilOutput('42 from before');

  await choose(RUN, command);
  await until('it ran again', async () => (await runsOf(command)) === 2);

  // The typed command runs, even if an entry of the history matches.
  await answerInputBox('echo $(expr 40', () => choose(RUN));
  await until('it was tried', async () => (await runsOf('echo $(expr 40')) === 1);
  assert.equal(await runsOf(command), 2);

  await choose(RUN);
  await clickListButton(command, 'Edit');
  await untilTyped(command);
  // Keys for the page would go to the terminal of the job before, if that takes the focus only now.
  await inPage(async (page) => {
    const box = page.locator('.quick-input-box input');
    await box.press('End');
    await box.pressSequentially(' and now');
    await box.press('Enter');
  });
  await untilOutput('42 from before and now');

  await choose(RUN);
  await clickListButton('from before and now', 'Remove from History');
  await inPage((page) =>
    page
      .locator('.quick-input-list [role="option"]')
      .filter({ hasText: 'from before and now' })
      .waitFor({ state: 'detached' }),
  );
  await inPage((page) => page.keyboard.press('Escape'));
});

test('runs a command in the chosen folder, and again there from the history', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await showInChannels(t);
  t.after(endJobs);
  const folder = workspace(t, { 'some where/file': '' });
  const chosen = join(folder, 'some where');
  await choose(RUN);
  await until('it is typed', () =>
    inPage(async (page) => {
      // The palette closes late.
      const box = page.locator(
        '.quick-input-widget:has(.quick-input-titlebar:visible) .quick-input-box input',
      );
      const text = 'echo "in ${PWD##*/}"';
      await box.fill(text, { timeout: 5000 }).catch(() => undefined);
      return (await box.inputValue({ timeout: 5000 }).catch(() => undefined)) === text;
    }),
  );
  await inPage((page) => page.locator('.quick-input-titlebar [aria-label="Choose Folder…"]').click());
  await clickRow('Other Folder…');
  // The simple dialog of VS Code has a list of folders and a box with the chosen one.
  await untilTyped(`${folder}/`);
  // The dialog ignores clicks while it is reading the folder.
  await until('the folder is chosen', () =>
    inPage(async (page, path) => {
      const row = page.locator('.quick-input-list [role="option"]').filter({ hasText: 'some where' }).first();
      if (await row.isVisible()) await row.click({ timeout: 1000 }).catch(() => undefined);
      return (await page.locator('.quick-input-box input').inputValue()) === path;
    }, `${chosen}/`),
  );
  await until('the folder is taken', () =>
    inPage(async (page) => {
      const button = page.getByRole('button', { name: 'Use This Folder' });
      if (await button.isVisible()) await button.click({ timeout: 1000 }).catch(() => undefined);
      return page.getByText('Run in workspace/some where').first().isVisible();
    }),
  );
  // The typed command is kept.
  await untilTyped('echo "in ${PWD##*/}"');
  await inPage((page) => page.locator('.quick-input-box input').press('Enter'));
  await untilOutput('in some where');

  await choose(RUN, 'echo "in ${PWD##*/}"');
  await until('it ran again', async () => (await runsOf('echo "in ${PWD##*/}"')) === 2);
  const list = (await callTool('list')).split('\n').filter((line) => line.includes('in ${PWD'));
  for (const line of list) {
    const id = /id=(\S+)/.exec(line)![1]!;
    await callTool('wait', { job_ids: [id] });
    assert.match(await callTool('output', { job_id: id }), /^in some where$/m);
  }
});

test('runs an npm script in the folder of its package.json with its package manager', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await showInChannels(t);
  t.after(endJobs);
  const folder = workspace(t, {
    'package.json': '{"scripts":{"where":"echo root"}}',
    'apps/web/package.json': '{"scripts":{"where-am-i":"echo \\"here: ${PWD##*/}\\"; sleep 100"}}',
    'node_modules/other/package.json': '{"scripts":{"foreign":"echo no"}}',
    'broken/package.json': '{',
  });
  await choose('Background Jobs: Run npm Script in Background', 'where-am-i');
  await untilOutput('here: web');
  assert.match(await callTool('list'), /name="?apps\/web\/where-am-i"? .*command="npm run where-am-i"/);

  // A second start finds the running job.
  await choose('Background Jobs: Run npm Script in Background', 'where-am-i');
  await untilText('is already running');
  assert.equal(await runsOf('npm run where-am-i'), 1);

  await vscode.commands.executeCommand('backgroundJobs.kill', { id: 'apps/web/where-am-i' });
  writeFileSync(
    join(folder, 'apps/web/package.json'),
    '{"packageManager":"pnpm@9.0.0","scripts":{"dev":"x"}}',
  );
  await chooseInExplorer('package.json', 'Run npm Script in Background…');
  const offered = (): Promise<string[]> =>
    inPage((page) => page.locator('.quick-input-list [role="option"]').allTextContents());
  // The previous list may still be closing.
  await until('only the scripts of that file are offered', async () => {
    const [only = '', ...others] = await offered();
    return others.length === 0 && /where.*npm.*echo root/.test(only);
  });
  await inPage((page) => page.keyboard.press('Escape'));
  await choose('Background Jobs: Run npm Script in Background', 'apps/web · pnpm');
  await until('pnpm is called', async () => (await runsOf('pnpm run dev')) === 1);
});

const TASKS = `{
  // Comments are allowed here.
  "version": "2.0.0",
  "inputs": [
    { "id": "who", "type": "promptString", "description": "Who?" },
    { "id": "how", "type": "pickString", "description": "How?", "options": ["slowly", "fast"] },
    { "id": "what", "type": "command", "command": "some.command" },
  ],
  "tasks": [
    {
      "label": "greet", "type": "shell",
      "command": "echo", "args": ["\${input:who} \${input:how}", { "value": "$WHO", "quoting": "weak" }, "from \${workspaceFolderBasename}", "\${PWD##*/}"],
      "options": { "cwd": "\${workspaceFolder}/sub", "env": { "WHO": "\${config:editor.tabSize}!" } },
    },
    { "label": "exact", "type": "process", "command": "/bin/echo", "args": ["$HOME", "a  b", "\${/}"] },
    { "label": "needs-exact", "type": "shell", "command": "echo alone", "dependsOn": "exact" },
    { "label": "odd", "type": "shell", "command": "echo \${input:what}" },
    { "type": "npm", "script": "where", "label": "of an extension" },
  ],
}`;

test('runs a task of tasks.json with its folder, environment and inputs', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await showInChannels(t);
  t.after(endJobs);
  workspace(t, { '.vscode/tasks.json': TASKS, 'sub/file': '' });
  const task = 'Background Jobs: Run Task in Background';
  await until('VS Code has read the tasks', async () =>
    (await vscode.tasks.fetchTasks()).some(({ name }) => name === 'odd'),
  );
  await choose(task, 'greet');
  await inPage(async (page) => {
    const box = page.locator('.quick-input-widget').filter({ hasText: 'Who?' }).locator('input').last();
    await box.fill("it's me");
    await box.press('Enter');
  });
  await clickRow('fast');
  const { tabSize } = vscode.workspace.getConfiguration('editor') as unknown as { tabSize: number };
  await untilOutput(`it's me fast ${tabSize}! from workspace sub`);
  await choose(task, 'exact');
  await untilOutput('\\$HOME a  b /');
  assert.match(await callTool('list'), /name=exact/);

  await choose(task, 'odd');
  await untilText('${input:what}, which background jobs do not support');
  await vscode.commands.executeCommand('notifications.clearAll');
  await choose(task, 'needs-exact');
  await untilOutput('alone');
  await until(
    'what it depends on ran before it',
    async () => (await runsOf("/bin/echo '$HOME' 'a  b' /")) === 2,
  );
});

test('does not store a command with hidden input in the history', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const tasks = [
    { label: 'kept', type: 'shell', command: 'echo kept' },
    { label: 'login', type: 'shell', command: 'expr length ${input:secret}' },
  ];
  const inputs = [{ id: 'secret', type: 'promptString', description: 'Secret?', password: true }];
  workspace(t, { '.vscode/tasks.json': JSON.stringify({ version: '2.0.0', inputs, tasks }) });
  await until('VS Code has read the tasks', async () =>
    (await vscode.tasks.fetchTasks()).some(({ name }) => name === 'login'),
  );
  const task = 'Background Jobs: Run Task in Background';
  await choose(task, 'kept');
  await untilOutput('kept');
  await choose(task, 'login');
  await inPage((page) => page.locator('.quick-input-box input[type="password"]').waitFor());
  // This box is hidden, unlike the list.
  await answerInputBox('swordfish');
  await until('it ran', async () => (await runsOf('expr length swordfish')) === 1);
  await untilOutput('9');
  await choose(RUN);
  const offered = await inPage(async (page) => {
    const rows = page.locator('.quick-input-list [role="option"]');
    await rows.filter({ hasText: 'echo kept' }).first().waitFor();
    return (await rows.allInnerTexts()).join();
  });
  await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  assert.doesNotMatch(offered, /swordfish/);
});

test('runs a script from the Explorer in its folder', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await showInChannels(t);
  t.after(endJobs);
  const folder = workspace(t, { "it's here.sh": '#!/bin/sh\necho "run in ${PWD##*/} by $0"\n' });
  chmodSync(join(folder, "it's here.sh"), 0o755);
  await chooseInExplorer("it's here.sh", 'Run File in Background');
  await untilOutput("run in workspace by ./it's here.sh");
});

test('runs the selection as one script, or the line with the cursor', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  t.after(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));
  const document = await vscode.workspace.openTextDocument({
    content: 'exit 1\nfor i in 1 2; do\n  echo "selected $i"\ndone\necho the line\n',
  });
  const editor = await vscode.window.showTextDocument(document);
  editor.selection = new vscode.Selection(1, 0, 3, 4);
  await untilText('42 selected');
  await untilDone(async () => {
    // The key acts on the part of the window that has the focus.
    await vscode.window.showTextDocument(document);
    await inPage((page) => page.keyboard.press('Shift+F10'));
    await inPage(chooseInMenu, 'Run Selection in Background');
  });
  await untilOutput('selected 1');
  await untilOutput('selected 2');
  editor.selection = new vscode.Selection(4, 3, 4, 3);
  await choose('Background Jobs: Run Selection in Background');
  await untilOutput('the line');
});

test('explains what to do if there is nothing to run', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await choose('Background Jobs: Run File in Background');
  await untilText('To run a script in the background');
  await choose('Background Jobs: Run Selection in Background');
  await untilText('Select a command in an editor');
  await choose('Background Jobs: Run npm Script in Background');
  await untilText('No package.json in this workspace has scripts');
  workspace(t, { 'broken/package.json': '{' });
  await choose('Background Jobs: Run npm Script in Background');
  await inPage((page) => page.getByPlaceholder('No valid package.json found').waitFor());
  await inPage((page) => page.keyboard.press('Escape'));
  await choose('Background Jobs: Run Task in Background');
  await untilText('No shell or process tasks found');
});

test('shows the box in all themes, without control characters and icons of commands', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const settings = vscode.workspace.getConfiguration('workbench');
  t.after(() => settings.update('colorTheme', undefined, vscode.ConfigurationTarget.Global));
  const long = `echo ${'x'.repeat(2000)}`;
  for (const [command, listed] of [
    ['npm run dev', 'npm run dev'],
    ['echo \u202ecod\u202c $(date) \x1b[31m', '$(date)'],
    [long, 'echo xxx'],
  ] as const) {
    await choose(RUN);
    await answerInputBox(command);
    await until('it ran', async () => (await callTool('list')).includes(listed));
  }
  await choose(RUN);
  await untilText('echo \ufffdcod\ufffd $\u2060(date) \ufffd[31m');
  for (const theme of THEMES) {
    await settings.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
    await screenshot(`start ${theme}`);
  }
  await inPage((page) => page.keyboard.press('Escape'));
});
