import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hasPage, inPage } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import {
  answerInputBox,
  callTool,
  choose,
  chooseInRow,
  openOutput,
  openSidebar,
  removeJobs,
  rows,
  untilDone,
  untilRow,
} from './tools.ts';

test('renames a job, which is then found by its new name', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(removeJobs);
  await callTool('execute', { command: 'exec sleep 100', name: 'first-name' });
  await callTool('execute', { command: 'exec sleep 101', name: 'taken' });
  await openSidebar();
  await untilRow('first-name');
  await answerInputBox('taken', () => chooseInRow('first-name', 'Rename…'));
  await inPage((page) => page.getByText('Another job that is not finished has the name').first().waitFor());
  await answerInputBox('second-name', () => chooseInRow('first-name', 'Rename…'));
  await untilRow('second-name, running');
  assert.match(await callTool('status', { job_id: 'second-name' }), /command="exec sleep 100"/);
  await callTool('kill', { job_id: 'second-name' });
  await untilRow('second-name, killed');
  await answerInputBox('', () => chooseInRow('second-name', 'Rename…'));
  await untilRow('exec sleep 100, killed');
});

test('the tab of Job Details and the terminals of a renamed job get its new name', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  t.after(removeJobs);
  const tabs = (): string[] =>
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
  const terminals = (): string[] => vscode.window.terminals.map(({ name }) => name);
  await openSidebar();
  for (const tty of [false, true]) {
    const [first, second] = [`first name ${tty}`, `second name ${tty}`];
    await callTool('execute', { command: `echo shown ${tty}; exec sleep 100`, name: first, tty });
    await untilRow(first);
    await openOutput(first, `shown ${tty}`);
    await chooseInRow(first, 'Job Details');
    await until('the editor has the first name', () => tabs().includes(`Job: ${first}`));
    // A tab behind another one has a name, too.
    await vscode.commands.executeCommand('workbench.action.files.newUntitledFile');
    assert.ok(terminals().includes(first), terminals().join());
    await answerInputBox(second, () => chooseInRow(first, 'Rename…'));
    await untilRow(second);
    await until('the editor has the second name', () => tabs().includes(`Job: ${second}`));
    await until('the terminal has the second name', () => terminals().includes(second));
    await inPage(
      (page, name) => page.locator('.panel').getByText(name, { exact: true }).first().waitFor(),
      second,
    );
  }
});

test('renames and removes the selected rows by keys', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  for (const name of ['one', 'two', 'three'])
    await callTool('execute', { command: `echo printed by ${name}`, name, wait_s: 45 });
  await openSidebar();
  await untilRow('three,');
  /** Opens the output, which keeps the focus on the row. The rows are drawn again once the terminal is there. */
  const select = async (name: string): Promise<void> => {
    await openOutput(`${name},`, `printed by ${name}`);
    // Keys act on the selection, which follows a click only later.
    await inPage(async (page, name) => {
      const row = page.locator(`.pane-body [role="treeitem"][aria-label^="${name},"][aria-selected="true"]`);
      await row.waitFor({ timeout: 5000 });
    }, name);
  };
  await answerInputBox('first', async () => {
    await select('one');
    await inPage((page) => page.keyboard.press('F2'));
  });
  await untilRow('first,');
  await untilDone(async () => {
    const isOneLeft = async (): Promise<boolean> => (await rows()).length === 2;
    if (await isOneLeft()) return;
    await select('two');
    await inPage(async (page) => {
      await page.keyboard.press('Shift+ArrowDown');
      const selected = page.locator('.pane-body [role="treeitem"][aria-selected="true"]');
      await selected.nth(1).waitFor({ timeout: 5000 });
      await page.keyboard.press('Delete');
    });
    await until('one is left', isOneLeft, 30_000);
  });
  assert.match((await rows()).join('; '), /^Finished.*; three,/);
});

test('shows only jobs whose name or command contains the filter', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  await callTool('execute', { command: 'echo apple', name: 'one', wait_s: 45 });
  await callTool('execute', { command: 'echo pear', name: 'two', wait_s: 45 });
  await openSidebar();
  await until('both are listed', async () => (await rows()).length === 3);
  await answerInputBox('APPLE', () => choose('Background Jobs: Filter'));
  await until('one is left', async () => (await rows()).length === 2);
  await untilRow('one,');
  await choose('Background Jobs: Clear Filter');
  await until('both are back', async () => (await rows()).length === 3);
});

test('clears finished jobs and keeps running ones', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(removeJobs);
  await callTool('execute', { command: 'true', name: 'over', wait_s: 45 });
  await callTool('execute', { command: 'exec sleep 100', name: 'on' });
  await openSidebar();
  await untilRow('over');
  await choose('Background Jobs: Clear Finished');
  await until(
    'only the running job is left',
    async () => (await rows()).join().startsWith('on,') && (await rows()).length === 1,
  );
});

test('clears only the visible jobs of a filtered list', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  t.after(() => vscode.commands.executeCommand('backgroundJobs.clearFilter'));
  await callTool('execute', { command: 'echo apple', name: 'one', wait_s: 45 });
  await callTool('execute', { command: 'echo pear', name: 'two', wait_s: 45 });
  await callTool('execute', { command: 'exec sleep 100', name: 'apple-server' });
  await openSidebar();
  await answerInputBox('apple', () => choose('Background Jobs: Filter'));
  await until('two are left', async () => (await rows()).length === 3);
  await choose('Background Jobs: Clear Finished');
  await until('the running one is left', async () => (await rows()).length === 1);
  assert.deepEqual(
    [...(await callTool('list')).matchAll(/name=(\S+)/g)].map(([, name]) => name),
    ['apple-server', 'two'],
  );
});
