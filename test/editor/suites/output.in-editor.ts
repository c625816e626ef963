import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { agentMode } from '../inside/agent-mode.ts';
import { freePort } from '../inside/free-port.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import { callTool, choose, endJobs, fact, untilDone } from './tools.ts';

/** A server that listens after a while and prints nothing. */
const SLOW_SERVER = `setTimeout(() => require("http").createServer((_, r) => r.end("hello")).listen(process.argv[1], "127.0.0.1"), 700)`;

test('returns control to agent mode when a dev server listens, with a single call', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const port = await freePort();
  const { results, requests } = await agentMode('Start the dev server.', [
    {
      tool: 'execute',
      input: { command: `'${process.execPath}' -e '${SLOW_SERVER}' ${port}`, name: 'slow', port },
    },
    { text: 'It is ready.' },
  ]);
  assert.equal(results.length, 1);
  assert.equal(requests.length, 2, 'one call and one answer');
  assert.equal(fact(results[0]!, 'reason'), 'port');
  assert.equal(fact(results[0]!, 'port_of_job'), 'true');
  assert.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), 'hello');
});

test('opens and follows the log of a job from Browse Resources', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await callTool('execute', {
    command: 'echo first line; while read line; do echo "got $line"; done',
    name: 'followed',
    regex: 'first',
  });
  await choose('MCP: Browse Resources', 'followed (log)');
  const shows = (text: string): Promise<void> =>
    inPage(async (page, text) => {
      await page
        .locator('.editor-instance .view-line')
        .filter({ hasText: new RegExp(`^${text.replaceAll(' ', '\\s')}$`) })
        .first()
        .waitFor({ timeout: 5000 });
    }, text);
  await untilDone(() => shows('first line'));
  // VS Code is told of no output between its first look and its subscription.
  await untilDone(async () => {
    await callTool('interact', { job_id: 'followed', input: 'news' });
    await shows('got news');
  });
  await screenshot('resource');
});

test('shows the current log when it is opened again', async (t) => {
  t.after(endJobs);
  const closeAll = () => vscode.commands.executeCommand('workbench.action.closeAllEditors');
  t.after(closeAll);
  const command = 'echo begun; while read -r line; do echo "got $line"; done';
  const reply = await callTool('execute', { command, name: 'read-on', regex: 'begun' });
  const node = { id: fact(reply, 'id') };
  const text = (): string | undefined => vscode.window.activeTextEditor?.document.getText();
  await vscode.commands.executeCommand('backgroundJobs.openLog', node);
  assert.equal(text(), 'begun\n');
  await callTool('interact', { job_id: 'read-on', input: 'more' });
  await callTool('wait', { job_ids: ['read-on'], regex: 'got more' });
  await vscode.commands.executeCommand('backgroundJobs.openLog', node);
  await until('new output is visible', () => text() === 'begun\ngot more\n');
  await closeAll();
  await callTool('interact', { job_id: 'read-on', input: 'this' });
  await callTool('wait', { job_ids: ['read-on'], regex: 'got this' });
  await vscode.commands.executeCommand('backgroundJobs.openLog', node);
  await until('later output is visible', () => text() === 'begun\ngot more\ngot this\n');
});
