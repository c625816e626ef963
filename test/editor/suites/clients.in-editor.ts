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

/** Picks from the lists of the command as a person does. @returns what is on the clipboard then */
async function copy(jobs: string, client: string): Promise<string> {
  const { clipboard } = vscode.env;
  // Not empty: a browser may take that for nothing, and what was copied before would still be there.
  await clipboard.writeText('before');
  await until('the clipboard is ours', async () => (await clipboard.readText()) === 'before');
  await choose('Background Jobs: Copy MCP Configuration', jobs);
  await inPage(async (page, client) => {
    // By keys: the rows of the second list move into their places while the first one goes.
    const box = page.locator('.quick-input-box input[placeholder="For which client?"]');
    await box.fill(client);
    await page.locator('.quick-input-list .focused[role="option"]').filter({ hasText: client }).waitFor();
    await box.press('Enter');
  }, client);
  await until('it is copied', async () => (await clipboard.readText()) !== 'before');
  return await clipboard.readText();
}

/** Starts what a configuration says, as its client would. @returns sends a request and gives its result */
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

test('a configuration that was copied starts a server that shares the jobs of the window', async (t) => {
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

test('a configuration for jobs of its own starts a server that has none of the window’s', async (t) => {
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

test('for the terminal the configuration names no workspace, and Codex hands on the variable', async (t) => {
  if (!hasPage) t.skip('needs a page');
  const text = await copy('Jobs of the Window in Whose Terminal It Runs', 'Codex');
  assert.match(
    text,
    /^\[mcp_servers\.background-jobs\]\ncommand = "node"\nargs = \[".*\.cjs", "--attach"\]\n/,
  );
  assert.match(text, /\nenv_vars = \["BACKGROUND_JOBS_ENDPOINT"\]\n$/);
});
