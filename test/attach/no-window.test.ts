import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { windowsFolder } from '../../src/mcp/attach/attach-paths.ts';
import { publishWindow, WINDOW_VERSION } from '../../src/mcp/attach/window-files.ts';
import { untilWindow } from '../../src/mcp/attach/window-search.ts';
import { DIST, openSession, storageFolder } from '../support/mcp-session.ts';
import type { RawMessage } from '../support/raw-client.ts';
import { openRawStdio } from '../support/raw-stdio.ts';
import { eventually } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import { statelessRequest } from '../support/stateless-request.ts';
import { openWindow } from './window.ts';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'agent', version: '1' } },
};

interface Ended {
  readonly code: number | null;
  readonly answer: { readonly id?: number; readonly error?: { readonly message: string } };
  readonly stderr: string;
}

/** Starts a bridge in a terminal that is not one of VS Code, if there is no folder. Sends it `initialize`, and waits until it gives up. */
async function bridge(folder: string | null, seconds: number): Promise<Ended> {
  const args = [
    join(DIST, 'stdio.js'),
    folder === null ? '--attach' : `--attach=${folder}`,
    '--attach-seconds',
    String(seconds),
  ];
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: 'pipe',
    env: { ...process.env, BACKGROUND_JOBS_ENDPOINT: '' },
  });
  child.stdin!.write(`${JSON.stringify(INITIALIZE)}\n`);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stderr, answer: JSON.parse(stdout || '{}') as Ended['answer'] };
}

/** A window that accepts connections and never answers, such as one that is stopped in a debugger. */
async function openHungWindow(t: TestContext, folder: string, storage: string): Promise<void> {
  const server = createServer();
  const socket = join(storage, 'hung');
  server.listen(socket);
  await once(server, 'listening');
  atEnd(t, () => server.close());
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (connection) => sockets.add(connection));
  atEnd(t, () => sockets.forEach((each) => each.destroy()));
  await publishWindow(folder, { v: WINDOW_VERSION, pid: process.pid, socket, secret: 'x' });
}

test('without a window the first request is answered with what to do, and the bridge exits', async (t) => {
  const { code, answer, stderr } = await bridge(join(scratchFolder(t), 'windows'), 2);
  assert.equal(code, 1);
  assert.equal(answer.id, 1);
  assert.match(
    answer.error!.message,
    /^No window of VS Code .* trust it if the window is in Restricted Mode/,
  );
  assert.match(stderr, /Error: No window of VS Code/);
});

test('outside a terminal of VS Code the first request is answered with what to do, and the bridge exits', async () => {
  const { code, answer, stderr } = await bridge(null, 20);
  assert.equal(code, 1);
  assert.equal(answer.id, 1);
  assert.match(
    answer.error!.message,
    /^--attach needs a terminal of VS Code, and BACKGROUND_JOBS_ENDPOINT is not set.* --attach=DIR/,
  );
  assert.match(stderr, /Error: --attach needs a terminal/);
});

test('a folder of addresses that cannot be read is reported at once', async (t) => {
  const folder = scratchFolder(t);
  // No permission stops root. A name that is too long cannot be read by any user.
  const { code, answer } = await bridge(join(folder, 'x'.repeat(300)), 20);
  assert.equal(code, 1);
  assert.match(
    answer.error!.message,
    /cannot be read\. .*\(ENAMETOOLONG\)\. Make it readable .* reload the window/,
  );
});

test('a window that does not answer delays the search no longer than its timeout', async (t) => {
  const storage = storageFolder(t);
  const folder = windowsFolder(storage);
  await openHungWindow(t, folder, storage);
  await assert.rejects(untilWindow(folder, performance.now() - 1), /No window of VS Code/);
});

test('a window that does not answer does not hide an older one that does', async (t) => {
  const storage = storageFolder(t);
  await openWindow(t, storage);
  await openHungWindow(t, windowsFolder(storage), storage);
  assert.match((await untilWindow(windowsFolder(storage), performance.now() + 20_000)).path, /^\//);
});

test('a file in place of the folder of addresses is not a window', async (t) => {
  const storage = scratchFolder(t);
  mkdirSync(storage, { recursive: true });
  writeFileSync(join(storage, 'windows'), '');
  await assert.rejects(untilWindow(windowsFolder(storage), 0), /No window of VS Code/);
});

test('each bridge of an agent session names its own conversation in its calls', async (t) => {
  const storage = storageFolder(t);
  const { manager } = await openWindow(t, storage);
  const conversations: unknown[] = [];
  for (const each of ['one', 'two']) {
    const env = { BACKGROUND_JOBS_ENDPOINT: windowsFolder(storage), BACKGROUND_JOBS_SESSION: '1' };
    const session = await openSession(t, { args: ['--attach'], env });
    for (const name of [`${each}-a`, `${each}-b`]) {
      await session.call('execute', { command: 'true', name });
      conversations.push(manager.jobs.list().find((job) => job.name === name)!.startedBy.conversation);
    }
  }
  assert.equal(new Set(conversations).size, 2);
  assert.ok(conversations.every((id) => typeof id === 'string'));
  assert.equal(conversations[0], conversations[1]);
});

test('the bridges of a Codex session name the conversation as Codex does', async (t) => {
  const storage = storageFolder(t);
  const { manager } = await openWindow(t, storage);
  const env = { BACKGROUND_JOBS_SESSION: '1' };
  const _meta = { threadId: 'the-thread' };
  for (const name of ['before', 'after']) {
    const { client } = await openSession(t, { args: [`--attach=${windowsFolder(storage)}`], env });
    await client.callTool({ name: 'execute', arguments: { command: 'exec sleep 100', name }, _meta });
  }
  const starters = manager.jobs.list().map(({ startedBy }) => [startedBy.conversation, startedBy.session]);
  assert.deepEqual(starters, [
    ['the-thread', 'the-thread'],
    ['the-thread', 'the-thread'],
  ]);
  // So a caller ends the jobs that it started through an earlier bridge, too.
  const { client } = await openSession(t, { args: [`--attach=${windowsFolder(storage)}`], env });
  const { content } = await client.callTool({ name: 'kill', arguments: { all: true }, _meta });
  assert.match(JSON.stringify(content), /jobs=2 /);
});

test('in an agent session without a window, the model has the tools and reads why they cannot run, until one opens', async (t) => {
  const storage = storageFolder(t);
  const env = { BACKGROUND_JOBS_SESSION: '1' };
  const args = [`--attach=${windowsFolder(storage)}`, '--attach-seconds', '1'];
  const session = await openSession(t, { args, env });
  const offline = await session.client.listTools();
  const { text, isError } = await session.call('list');
  assert.equal(isError, true);
  assert.match(text, /^Error: No window of VS Code .* trust it if the window is in Restricted Mode/);
  await assert.rejects(session.client.listResources(), /No window of VS Code/);
  await openWindow(t, storage);
  assert.match((await session.call('list')).text, /running=0/);
  assert.deepEqual(await session.client.listTools(), offline);
});

/** A copy of the built server, such as the folder of a version that an update deletes. */
function copyDist(t: TestContext): string {
  const dist = join(scratchFolder(t), 'dist');
  cpSync(DIST, dist, { recursive: true, filter: (path) => !path.endsWith('.vsix') });
  return dist;
}

// Promise: bridge-files-deleted
test('the bridge of an agent session works after its files were deleted', async (t) => {
  const storage = storageFolder(t);
  const window = await openWindow(t, storage);
  const dist = copyDist(t);
  const args = [`--attach=${windowsFolder(storage)}`, '--attach-seconds', '1', '--log-level=debug'];
  const session = await openSession(t, { dist, args, env: { BACKGROUND_JOBS_SESSION: '1' } });
  const online = await session.client.listTools();
  await eventually('it has loaded all', () => session.stderr().includes('needs no more files'));
  rmSync(dist, { recursive: true });
  await window.close();
  assert.deepEqual(await session.client.listTools(), online);
  const { text, isError } = await session.call('list');
  assert.equal(isError, true);
  assert.match(text, /^Error: No window of VS Code/);
  await openWindow(t, storage);
  assert.match((await session.call('list')).text, /running=0/);
});

test('the bridge of an agent session answers each request with the reason if a file that it needs was deleted before', async (t) => {
  const storage = storageFolder(t);
  await openWindow(t, storage).then((window) => window.close());
  const dist = copyDist(t);
  for (const name of readdirSync(dist)) if (name.includes('offline-answers')) rmSync(join(dist, name));
  const args = [`--attach=${windowsFolder(storage)}`, '--attach-seconds', '1'];
  const stdio = openRawStdio(t, args, { BACKGROUND_JOBS_SESSION: '1' }, dist);
  for (const method of ['tools/list', 'server/discover', 'tools/call']) {
    for (const message of [
      statelessRequest(method, method, { name: 'list', arguments: {} }),
      { jsonrpc: '2.0', id: method, method, params: { name: 'list' } },
    ]) {
      stdio.write(message);
      assert.match(JSON.stringify(await stdio.next()), /No window of VS Code|Initialize first/);
    }
  }
  stdio.write(INITIALIZE);
  assert.match((await stdio.next()).error?.message ?? '', /^No window of VS Code/);
  await openWindow(t, storage);
  stdio.write({ ...INITIALIZE, id: 2 });
  assert.notEqual((await stdio.next()).result, undefined);
});

test('the same in an agent session without a handshake', async (t) => {
  const storage = storageFolder(t);
  const env = { BACKGROUND_JOBS_SESSION: '1' };
  const stdio = openRawStdio(t, [`--attach=${windowsFolder(storage)}`, '--attach-seconds', '1'], env);
  const ask = async (method: string, params = {}): Promise<RawMessage> => {
    stdio.write(statelessRequest(method, method, params));
    return await stdio.next();
  };
  const call = async (): Promise<string> =>
    JSON.stringify((await ask('tools/call', { name: 'list', arguments: {} })).result);
  const withoutAge = ({ result }: RawMessage): object => ({ ...result, ttlMs: 0, cacheScope: '', _meta: {} });
  const [discovered, listed] = [await ask('server/discover'), await ask('tools/list')];
  assert.deepEqual([listed.result?.ttlMs, listed.result?.cacheScope], [0, 'private']);
  assert.match(await call(), /Error: No window of VS Code /);
  await openWindow(t, storage);
  assert.match(await call(), /running=0/);
  assert.deepEqual(withoutAge(await ask('server/discover')), withoutAge(discovered));
  assert.deepEqual(withoutAge(await ask('tools/list')), withoutAge(listed));
});
