import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { later } from '../inside/clock.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import {
  callTool,
  endJobs,
  openSidebar,
  pressInNotice,
  removeJobs,
  untilDone,
  untilNotice,
  untilOlder,
  untilOutput,
  untilRow,
} from './tools.ts';

async function clean(): Promise<void> {
  await removeJobs();
  await vscode.commands.executeCommand('notifications.clearAll');
}

test('shows the number of running jobs in the status bar', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await clean();
  t.after(clean);
  await callTool('execute', { command: 'exec sleep 1000', name: 'one' });
  await callTool('execute', { command: 'exec sleep 1000', name: 'two' });
  await inPage((page) =>
    page.locator('.statusbar [aria-label="2 background jobs are running"]').first().waitFor(),
  );
  await screenshot('status-bar');
  const turning = (): Promise<number> =>
    inPage((page) => page.locator('.statusbar .codicon-sync.codicon-modifier-spin').count());
  assert.equal(await turning(), 1);
  await later(60_000, async () => {
    await callTool('execute', { command: 'exec sleep 1000', name: 'three' });
    await until('the icon stands still', async () => (await turning()) === 0);
  });
  await endJobs();
  await inPage((page) =>
    page
      .locator('.statusbar [aria-label$="background jobs are running"]')
      .first()
      .waitFor({ state: 'hidden' }),
  );
});

test('notifies of a failed job that is not visible, with a button for its output', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await clean();
  t.after(clean);
  await vscode.commands.executeCommand('workbench.action.closePanel');
  await callTool('execute', { command: 'echo why it failed; exit 7', name: 'unseen', wait_s: 45 });
  await untilNotice('unseen: failed · exit code 7');
  await screenshot('notice');
  await pressInNotice('unseen: failed', 'Show Output');
  await inPage((page) =>
    page
      .locator('.xterm-rows > div')
      .filter({ hasText: /^why.it.failed/ })
      .first()
      .waitFor(),
  );
});

test('restarts a failed job from its notification', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await clean();
  t.after(clean);
  await vscode.commands.executeCommand('workbench.action.closePanel');
  await callTool('execute', { command: 'exit 7', name: 'flaky', wait_s: 45 });
  await pressInNotice('flaky: failed', 'Restart');
  await until('it ran twice', async () => {
    return (await callTool('list')).split('\n').filter((line) => line.includes('name=flaky')).length === 2;
  });
  // The notification of the second failure must not appear during the next test.
  await untilNotice('flaky: failed');
});

// Promise: no-links
test('shows the name of a job in a notification without links', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await clean();
  t.after(clean);
  await vscode.commands.executeCommand('workbench.action.closePanel');
  const name = '[Details](command:workbench.view.scm)';
  await callTool('execute', { command: 'exit 9', name, wait_s: 45 });
  await untilNotice('failed · exit code 9');
  // The restart fails with an error notification, since a running job has the name.
  const [, failed = ''] = /^id=(\S+)/m.exec(await callTool('list')) ?? [];
  await callTool('execute', { command: 'exec sleep 1000', name });
  await vscode.commands.executeCommand('backgroundJobs.restart', { id: failed });
  await untilNotice('The name');
  const [texts, links] = await inPage(async (page) => {
    const messages = page.locator('.notifications-center .notification-list-item-message');
    return [await messages.allInnerTexts(), await messages.locator('a').count()] as const;
  });
  assert.equal(texts.length, 2);
  for (const text of texts) assert.ok(text.replaceAll('\u2060', '').includes(name), text);
  assert.equal(links, 0);
});

test('reports jobs that fail together in one notification, without visible, successful and killed ones', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await clean();
  t.after(clean);
  await openSidebar();
  const folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  /** Starts a job that fails or succeeds once there is a file. */
  const startUntil = async (gate: string, name: string, code: number): Promise<void> => {
    t.after(() => rmSync(join(folder, gate), { force: true }));
    const waits = `until [ -e ${gate} ]; do sleep 0.02; done`;
    await callTool('execute', { command: `echo ${name}; ${waits}; exit ${code}`, name, regex: name });
  };
  const open = (gate: string): void => writeFileSync(join(folder, gate), '');
  await startUntil('go-first', 'seen', 1);
  await startUntil('go-first', 'fine', 0);
  for (const name of ['stopped', 'clock']) await callTool('execute', { command: 'exec sleep 1000', name });
  await untilRow('seen, ready');
  const [seen] = /^id=\S+.*name=seen/m.exec(await callTool('list')) ?? [''];
  await vscode.commands.executeCommand('backgroundJobs.showOutputInChannel', {
    id: /id=(\S+)/.exec(seen)![1],
  });
  await untilOutput('seen');
  await callTool('kill', { job_id: 'stopped' });
  open('go-first');
  await callTool('wait', { job_ids: ['seen', 'fine'], mode: 'all', wait_s: 40 });
  // Two jobs of a busy machine may end too far from each other for one notification. Then two others end.
  let round = 0;
  await untilDone(async () => {
    const gate = `go-${++round}`;
    await startUntil(gate, `bad-${round}`, 2);
    await startUntil(gate, `worse-${round}`, 3);
    // Nothing else ends at the same time.
    await untilOlder('clock', 2);
    open(gate);
    await untilNotice('2 background jobs ended', 10_000);
  });
  const [together, all] = await inPage(async (page) => {
    const center = page.locator('.notifications-center');
    const notice = center.locator('.notification-list-item').filter({ hasText: '2 background jobs ended' });
    return [await notice.first().innerText(), await center.innerText()] as const;
  });
  assert.match(together, /worse-.*bad-|bad-.*worse-/);
  assert.doesNotMatch(all, /seen|fine|stopped/);
});
