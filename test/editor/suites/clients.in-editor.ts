import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import { hasPage, inPage } from '../inside/page.ts';
import { test, type TestContext } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import { callTool, choose, endJobs } from './tools.ts';

interface Server {
  readonly command: string;
  readonly args: readonly string[];
}

/** Picks from the lists of the command. @returns the copied text */
async function copy(jobs: string, client: string): Promise<string> {
  const { clipboard } = vscode.env;
  // A browser may ignore an empty text, and the previous text would remain.
  await clipboard.writeText('before');
  await until('the clipboard is set', async () => (await clipboard.readText()) === 'before');
  await choose('Background Jobs: Copy MCP Configuration', jobs);
  await inPage(async (page, client) => {
    // Uses keys, since the rows of the second list move while the first one closes.
    const box = page.locator('.quick-input-box input[placeholder="For which client?"]');
    await box.fill(client);
    await page.locator('.quick-input-list .focused[role="option"]').filter({ hasText: client }).waitFor();
    await box.press('Enter');
  }, client);
  await until('it is copied', async () => (await clipboard.readText()) !== 'before');
  return await clipboard.readText();
}

/** Starts the server of a configuration as a client would. @returns a function that sends a request and returns its result */
function start(
  t: TestContext,
  { command, args }: Server,
): (method: string, params: object) => Promise<unknown> {
  const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => server.kill());
  const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
  let count = 0;
  return async (method, params) => {
    const id = ++count;
    server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    for (;;) {
      const { value } = (await lines.next()) as { value: string };
      const message = JSON.parse(value) as { id?: number; result?: unknown };
      if (message.id === id) return message.result;
    }
  };
}

const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'some-client', version: '1' },
};

test('copies a configuration whose server shares the jobs of the window', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const text = await copy('Jobs of This Workspace', 'Zed');
  const { context_servers } = JSON.parse(text) as { context_servers: Record<string, Server> };
  const request = start(t, context_servers['background-jobs']!);
  await request('initialize', INITIALIZE);
  const call = { name: 'execute', arguments: { command: 'exec sleep 100', name: 'from-outside' } };
  assert.match(JSON.stringify(await request('tools/call', call)), /status=running/);
  assert.match(await callTool('list'), /name=from-outside/);
});

test('copies a configuration whose server has only its own jobs', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await callTool('execute', { command: 'exec sleep 100', name: 'of-the-window' });
  const text = await copy('Jobs of Its Own', 'Other');
  const { mcpServers } = JSON.parse(text) as { mcpServers: Record<string, Server> };
  const request = start(t, mcpServers['background-jobs']!);
  await request('initialize', INITIALIZE);
  const result = JSON.stringify(await request('tools/call', { name: 'list', arguments: {} }));
  assert.match(result, /running=\d/);
  assert.doesNotMatch(result, /of-the-window/);
});

test('copies a configuration for the terminal without a workspace, in which Codex passes the variable on', async (t) => {
  if (!hasPage) t.skip('needs a page');
  const text = await copy('Jobs of the Window in Whose Terminal It Runs', 'Codex');
  assert.match(
    text,
    /^\[mcp_servers\.background-jobs\]\ncommand = "node"\nargs = \[".*\.cjs", "--attach"\]\n/,
  );
  assert.match(text, /\nenv_vars = \["BACKGROUND_JOBS_ENDPOINT"\]\n$/);
});
