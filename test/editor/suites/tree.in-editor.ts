import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { atOneMoment, later } from '../inside/clock.ts';
import { chooseInMenu } from '../inside/menu.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import {
  answerInputBox,
  callTool,
  clickRowButton,
  fact,
  openSidebar,
  removeJobs,
  rows,
  untilDone,
  untilRow,
} from './tools.ts';

/** How long it may take until a tooltip is there. */
const HOVER_MS = 150_000;
/** Long enough for many jobs on a busy machine, or for a tooltip. */
const LONG = { timeout: 600_000 };

test('lists running jobs first, then a group of finished jobs, newest first', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  await openSidebar();
  for (const name of ['older', 'newer']) await callTool('execute', { command: 'true', name, wait_s: 45 });
  await callTool('execute', { command: 'exec sleep 100', name: 'server' });
  await untilRow('server, running');
  await until('all are listed', async () => (await rows()).length === 4);
  assert.deepEqual(
    (await rows()).map((label) => label.split(',')[0]),
    ['server', 'Finished', 'newer', 'older'],
  );
  await screenshot('tree');
});

test('the icon of a job turns in its first minute, and stands still then', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  await openSidebar();
  await callTool('execute', { command: 'exec sleep 100', name: 'server' });
  await untilRow('server, running');
  const icons = (): Promise<string[]> =>
    inPage(async (page) => {
      const icon = page.locator('.pane-body [role="treeitem"][aria-label^="server"] .codicon-sync');
      return (await icon.getAttribute('class'))?.split(' ') ?? [];
    });
  assert.ok((await icons()).includes('codicon-modifier-spin'));
  await later(60_000, () =>
    until('it stands still', async () => !(await icons()).includes('codicon-modifier-spin')),
  );
});

test(
  'shows all details of the row under the mouse, and keeps showing them while other rows change',
  async (t) => {
    if (!hasPage) t.skip('needs a page');
    await removeJobs();
    t.after(removeJobs);
    await openSidebar();
    const reply = await callTool('execute', { command: 'echo begun; exec sleep 1000', name: 'pointed-at' });
    await callTool('execute', { command: 'exec sleep 1001', name: 'beside' });
    await untilRow('beside, running');
    const tooltip = (): Promise<string> =>
      inPage(async (page) => (await page.locator('.workbench-hover:visible').allInnerTexts()).join());
    const pointAtRow = async (): Promise<boolean> => {
      // A row that is redrawn just before its tooltip opens shows it only after the mouse has left and returned.
      await inPage(async (page) => {
        await page.locator('.statusbar').hover();
        await page.locator('.pane-body [role="treeitem"][aria-label^="pointed-at"]').hover();
        await page
          .locator('.workbench-hover:visible')
          .filter({ hasText: 'begun' })
          .first()
          .waitFor({ timeout: 10_000 })
          .catch(() => undefined);
      });
      return (await tooltip()).includes('begun');
    };
    await until('the tooltip is there', pointAtRow, HOVER_MS);
    const seen = new Set<string>();
    await until('the other row has changed', async () => {
      seen.add((await rows()).find((row) => row.startsWith('beside')) ?? '');
      return seen.size > 1;
    });
    const text = (await tooltip()).replace(/\s/g, ' ');
    assert.match(text, /Status: running/);
    assert.match(text, /Started by: /);
    assert.ok(text.includes(`Process: ${fact(reply, 'pid')}`), text);
    assert.match(text, /Processes: 1, using [\d.]+ [KM]B of memory/);
    assert.match(text, /Output: 6 bytes/);
    await screenshot('tooltip');
    await inPage((page) => page.locator('.statusbar').hover());
  },
  LONG,
);

test('shows how many processes a finished job left behind, and kills them', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  await callTool('execute', { command: 'setsid sleep 1000 & echo started', name: 'daemon', wait_s: 45 });
  await openSidebar();
  await untilRow('daemon, completed · 1 left behind');
  await inPage((page) =>
    page.locator('.pane-body [role="treeitem"][aria-label^="daemon"] .codicon-warning').waitFor(),
  );
  await clickRowButton('daemon,', 'Kill');
  await inPage((page) =>
    page
      .locator('.pane-body [role="treeitem"][aria-label^="daemon"]:not([aria-label*="left behind"])')
      .waitFor(),
  );
  assert.doesNotMatch(await callTool('status', { job_id: 'daemon' }), /left_behind/);
});

test('shows the port of a server and opens it in the browser', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  await openSidebar();
  const script = `const s = require('node:http').createServer((_, r) => r.end());
    s.listen(0, '127.0.0.1', () => console.log('Local: http://localhost:' + s.address().port + '/start'))`;
  const command = `"$NODE" -e "${script.replaceAll('\n', ' ')}"`;
  const env = { NODE: process.execPath, ELECTRON_RUN_AS_NODE: '1' };
  await callTool('execute', { command, env, name: 'server', regex: 'Local:' });
  const [, port = ''] = /localhost:(\d+)/.exec(await callTool('tail', { job_id: 'server' }))!;
  await until('the row shows the port', async () => (await rows()).some((row) => row.includes(`:${port}`)));
  const opening = inPage(async (page) => {
    const tab = await page.context().waitForEvent('page', { timeout: 90_000 });
    await tab.waitForURL(/^http/);
    const url = tab.url();
    await tab.close();
    return url;
  });
  await clickRowButton('server', 'Open in Browser');
  const opened = await opening;
  // VS Code in a browser forwards the port under its own path.
  assert.ok(opened.includes(port) && opened.endsWith('/start'), opened);
});

test('applies a command to all selected rows', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  for (const name of ['first', 'second', 'third'])
    await callTool('execute', { command: 'true', name, wait_s: 45 });
  await openSidebar();
  await untilRow('first,');
  await untilDone(async () => {
    await inPage(async (page) => {
      const patience = { timeout: 5000 };
      const row = (name: string) => page.locator(`.pane-body [role="treeitem"][aria-label^="${name},"]`);
      // A click opens the output of the job, and its terminal redraws the rows.
      await row('third').click(patience);
      await page.locator('.terminal-wrapper.active .xterm-rows').waitFor(patience);
      await row('second').click({ modifiers: ['Shift'], ...patience });
      const isSelected = page.locator('.pane-body [role="treeitem"][aria-selected="true"]').nth(1);
      await isSelected.waitFor(patience);
      await row('second').click({ button: 'right', ...patience });
      // A terminal that appears late empties the selection.
      await isSelected.waitFor(patience);
    });
    await inPage(chooseInMenu, 'Remove');
  });
  await until('one is left', async () => (await rows()).length === 2);
  await untilRow('first,');
});

test('ignores the second click of a double click on Kill, when another job has moved there', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  for (const name of ['below', 'above']) await callTool('execute', { command: 'exec sleep 100', name });
  await openSidebar();
  await untilRow('above, running');
  await atOneMoment(async () => {
    const point = await clickRowButton('above,', 'Kill');
    await clickRowButton('below,', 'Kill', point);
  });
  await untilRow('above, killed');
  const list = await callTool('list', {});
  assert.match(list, /name=below status=running/);
  assert.match(list, /name=above status=killed/);
});

test(
  'ignores the second click of a double click on Remove at the end of a list, where the row above moves down',
  async (t) => {
    if (!hasPage) t.skip('needs a page');
    await removeJobs();
    t.after(removeJobs);
    // As many at a time as may run at once, so that they keep their order.
    for (let first = 1; first <= 60; first += 10) {
      const names = Array.from({ length: 10 }, (_, at) => `job-${first + at}`);
      for (const name of names) await callTool('execute', { command: 'true', name });
      await callTool('wait', { job_ids: names, mode: 'all', wait_s: 45 });
    }
    await openSidebar();
    const press = (key: string): Promise<void> =>
      inPage(async (page, key) => {
        // A click on a row would open its output, which redraws all rows when the terminal appears.
        const list = page.locator('.pane-body .monaco-list');
        await list.filter({ has: page.locator('[role="treeitem"][aria-label^="job-"]') }).focus();
        await page.keyboard.press(key);
      }, key);
    await press('Home');
    await untilRow('job-60, completed');
    // On a busy machine the first key may reach the list before all of its rows are there.
    await until('the list is scrolled to its end', async () => {
      await press('End');
      return inPage((page) =>
        page.locator('.pane-body .monaco-list-row.focused[aria-label^="job-1,"]').isVisible(),
      );
    });
    await atOneMoment(async () => {
      const point = await clickRowButton('job-3,', 'Remove');
      await clickRowButton('job-4,', 'Remove', point);
    });
    assert.match(await callTool('status', { job_id: 'job-3' }), /There is no job/);
    assert.match(await callTool('status', { job_id: 'job-4' }), /name=job-4 /);
  },
  LONG,
);

test('kills each job when Kill is clicked on one row after another, however fast', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  for (const name of ['bottom', 'middle', 'top'])
    await callTool('execute', { command: 'exec sleep 100', name });
  await openSidebar();
  await untilRow('top, running');
  await atOneMoment(async () => {
    await clickRowButton('top,', 'Kill');
    await inPage((page) =>
      page.locator('.pane-body [role="treeitem"][data-index="0"][aria-label^="middle,"]').waitFor(),
    );
    await clickRowButton('bottom,', 'Kill');
  });
  await untilRow('bottom, killed');
  assert.match(await callTool('list', {}), /name=middle status=running/);
});

test('copies the command, ID and output, and opens the full log as a document', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(removeJobs);
  const command = `printf '\\033[32mgreen\\033[0m\\n'; seq 1 3`;
  const reply = await callTool('execute', { command, name: 'copied', wait_s: 45 });
  const id = /^id=(\S+)/.exec(reply)![1]!;
  for (const [what, text] of [
    ['copyCommand', command],
    ['copyId', id],
    ['copyOutput', 'green\n1\n2\n3\n'],
  ] as const) {
    await vscode.commands.executeCommand(`backgroundJobs.${what}`, { id });
    assert.equal(await vscode.env.clipboard.readText(), text);
  }
  await vscode.commands.executeCommand('backgroundJobs.openLog', { id });
  const { document } = vscode.window.activeTextEditor!;
  assert.equal(document.getText(), 'green\n1\n2\n3\n');
  assert.match(document.uri.path, /copied\.log$/);
  await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
});

test('sends Ctrl+C, the end of input and hidden input to the job', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(removeJobs);
  const traps = `trap 'echo interrupted' INT; echo ready; read -r secret; echo "length \${#secret}"; cat; echo end`;
  const reply = await callTool('execute', { command: traps, name: 'keys', regex: 'ready' });
  const node = { id: /^id=(\S+)/.exec(reply)![1]! };
  const sending = vscode.commands.executeCommand('backgroundJobs.sendHiddenInput', node);
  await inPage((page) => page.locator('.quick-input-box input[type="password"]').waitFor());
  await answerInputBox('hunter22');
  await sending;
  assert.match(await callTool('wait', { job_ids: ['keys'], regex: 'length' }), /length 8/);
  await vscode.commands.executeCommand('backgroundJobs.endInput', node);
  assert.match(await callTool('wait', { job_ids: ['keys'] }), /status=completed[^]*\nend\n/);
  assert.doesNotMatch(await callTool('output', { job_id: 'keys' }), /hunter22/);
  await callTool('execute', { command: 'exec sleep 100', name: 'interrupted' });
  const list = await callTool('list', { status: 'running' });
  await vscode.commands.executeCommand('backgroundJobs.interrupt', { id: /^id=(\S+)/m.exec(list)![1]! });
  assert.match(await callTool('wait', { job_ids: ['interrupted'] }), /signal=SIGINT/);
});
