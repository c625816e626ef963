import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Page } from 'playwright-core';
import { type Facts, parseFacts } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';
import { atEnd } from '../support/scratch.ts';
import { openWindow } from './window.ts';
import { OUTPUT_LINE, runCommand, runInBackground } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');
const ROW = '.pane-body [role="treeitem"]';

interface Attached {
  /** Calls a tool. @returns the facts of each line of the reply */
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<Facts[]>;
  readonly client: Client;
}

/** Timeout for an extension or a terminal that VS Code starts. */
const START_TIMEOUT_MS = 90_000;
/** How long a window may take to reload and to start its extensions on a busy machine. */
const RELOAD_TIMEOUT_MS = 180_000;
/** What a call that changes nothing says if the window is not back in time: of the bridge, and of the SDK after 60 s. */
const NOT_BACK = /No window of VS Code|went away during the call|Request timed out/;

/** Settings that make each new terminal run `stdio.js --attach`, connected to this server by stdin and stdout. */
function terminalSettings(server: Server): Record<string, unknown> {
  const { port } = server.address() as AddressInfo;
  const program = `'${process.execPath}' '${join(root, 'dist', 'stdio.js')}' --attach --attach-seconds=50`;
  const profile = {
    path: 'bash',
    args: ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; exec ${program} <&3 >&3`],
  };
  const entries = ['linux', 'osx'].flatMap((system) => [
    [`terminal.integrated.profiles.${system}`, { attach: profile }],
    [`terminal.integrated.defaultProfile.${system}`, 'attach'],
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

async function attachInTerminal(t: TestContext, page: Page, server: Server): Promise<Attached> {
  const connected = once(server, 'connection', { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  await runCommand(page, 'Terminal: Create New Terminal');
  const [socket] = (await connected) as [Socket];
  atEnd(t, () => socket.destroy());
  const client = new Client({ name: 'agent-in-terminal', version: '1' });
  // The SDK would keep waiting after the program has exited.
  socket.once('close', () => void client.close());
  // The framing is the same in both directions.
  await client.connect(new StdioServerTransport(socket, socket));
  return {
    client,
    async call(name, args = {}) {
      const { content, isError } = await client.callTool({ name, arguments: args });
      const [{ text } = { text: '' }] = content as { text: string }[];
      assert.equal(isError, undefined, text);
      return text.split('\n').map(parseFacts);
    },
  };
}

// Promise: window-reload-attached
test('lets a client in the integrated terminal share the jobs of the window, also after a reload', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  const { page, jobs } = await openWindow(t, {
    extension: root,
    settings: terminalSettings(server),
    keepsJobs: true,
  });
  // A terminal that is opened before the extension has started for the first time does not have the variable. The view is
  // shown before that; the box is not.
  await runCommand(page, 'Background Jobs: Filter');
  await page.getByText('Filter Jobs', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  const { call } = await attachInTerminal(t, page, server);
  const row = async (text: string): Promise<void> => {
    await page.locator(`${ROW}[aria-label*="${text}"]`).first().waitFor();
  };

  await call('execute', { command: 'echo on; exec sleep 1000', name: 'theirs' });
  await runCommand(page, 'View: Show Background Jobs');
  await row('theirs, running');
  assert.match(
    (await page.locator(`${ROW}[aria-label*="theirs"]`).first().getAttribute('aria-label')) ?? '',
    /by agent-in-terminal/,
  );
  await runInBackground(page, 'echo from the window; exec sleep 1000');
  await page
    .locator(OUTPUT_LINE)
    .filter({ hasText: /^from the window\s*$/ })
    .first()
    .waitFor();
  const commands = async (): Promise<(string | undefined)[]> =>
    (await call('list', { status: 'running' })).slice(1).map(({ command }) => command);
  assert.deepEqual(await commands(), ['echo from the window; exec sleep 1000', 'echo on; exec sleep 1000']);

  await page.reload();
  // Each call of the same session waits until the window is back, up to its limit of 50 s.
  const seen: { count?: number } = {};
  await eventually(
    'the session has the window that is back',
    async () => {
      try {
        seen.count = (await commands()).length;
        return true;
      } catch (error) {
        if (NOT_BACK.test(String(error))) return false;
        throw error;
      }
    },
    RELOAD_TIMEOUT_MS,
  );
  assert.equal(seen.count, 2);
  await call('execute', { command: 'echo on; exec sleep 1000', name: 'after-reload' });
  await page.locator('.monaco-workbench').waitFor();
  await runCommand(page, 'View: Show Background Jobs');
  await row('after-reload, running');
  await call('kill', { job_id: 'theirs' });
  await row('theirs, killed');
  assert.equal(jobs().length, 3);
  for (const { id } of jobs()) await call('kill', { job_id: id });

  // A client that is started in the reloaded window sees the same jobs.
  const other = await attachInTerminal(t, page, server);
  assert.equal((await other.call('list'))[0]!.finished, '3');
});
