import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { windowsFolder } from '../../src/mcp/attach/attach-paths.ts';
import { sendRequest } from '../../src/mcp/attach/socket-request.ts';
import { publishWindow, type WindowAddress } from '../../src/mcp/attach/window-files.ts';
import { untilWindow } from '../../src/mcp/attach/window-search.ts';
import { SECRET_HEADER } from '../../src/sockets/secret.ts';
import { untilGone } from '../stdio/support/processes.ts';
import { answerOf, listOf, run, SOON, start, startReady } from '../stdio/support/session.ts';
import { type McpSession, openSession, storageFolder } from '../support/mcp-session.ts';
import { repeats } from '../support/repeats.ts';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';
import { type OnCall, openFakeWindow } from './fake-window.ts';
import { openWindow, untilAnotherStarts } from './window.ts';

/** A client that is attached to the window of a storage folder. */
function attachTo(
  t: TestContext,
  storage: string,
  { seconds = 20, name = 'test-client' } = {},
): Promise<McpSession> {
  const env = { BACKGROUND_JOBS_ENDPOINT: windowsFolder(storage) };
  return openSession(t, {
    args: ['--attach', '--attach-seconds', String(seconds), '--log-level=info'],
    env,
    name,
  });
}

/** A client that is attached to a window whose endpoint a test controls. */
async function attachToFake(t: TestContext, onCall: OnCall): Promise<McpSession> {
  const storage = storageFolder(t);
  await openFakeWindow(t, storage, onCall);
  return attachTo(t, storage);
}

test('an attached client uses the jobs of the window, and its name is on the jobs that it starts', async (t) => {
  const storage = storageFolder(t);
  const { manager } = await openWindow(t, storage);
  const session = await attachTo(t, storage);
  assert.equal(session.client.getServerVersion()?.version, '1.2.3');
  assert.match(session.client.getInstructions() ?? '', /execute/);

  const id = await start(session, 'echo mine; exec sleep 100', { name: 'by-client' });
  const { session: sessionId, ...starter } = manager.jobs.get(id).startedBy;
  assert.deepEqual(starter, { kind: 'agent', client: 'test-client' });
  assert.match(sessionId ?? '', /^[0-9a-f-]{36}$/);

  const { job } = await manager.start({
    command: 'read line; echo "got $line"',
    startedBy: { kind: 'person' },
  });
  assert.deepEqual(new Set((await listOf(session)).map((each) => each.id)), new Set([id, job.id]));
  await session.call('interact', { job_id: job.id, input: 'hello' });
  assert.match((await session.call('wait', { job_id: job.id, wait_s: SOON })).text, /got hello/);
  await session.call('kill', { job_id: id });
  assert.equal(manager.jobs.get(id).status, 'killed');
});

test('a window opens its MCP endpoint for the first client that asks', async (t) => {
  const storage = storageFolder(t);
  const window = await openWindow(t, storage);
  assert.equal(window.isOpen(), false);
  await attachTo(t, storage);
  assert.equal(window.isOpen(), true);
});

test('messages that a client sends together reach the window in order', async (t) => {
  const order: string[] = [];
  let answerFirst: () => void = () => undefined;
  const mayAnswer = new Promise<void>((resolve) => (answerFirst = resolve));
  const session = await attachToFake(t, async (tool) => {
    order.push(`got ${tool}`);
    if (tool === 'first') await mayAnswer;
    order.push(`answered ${tool}`);
    return 200;
  });
  const calls = [session.call('first'), session.call('second')];
  // The bridge answers a ping itself, so it has read both calls by now.
  await session.client.ping();
  answerFirst();
  await Promise.all(calls);
  assert.deepEqual(order, ['got first', 'answered first', 'got second', 'answered second']);
});

test('repeats a call whose connection breaks if it only reads, and any call that no window received', async (t) => {
  const calls: string[] = [];
  const session = await attachToFake(t, async (tool) => {
    calls.push(tool);
    const isFirst = calls.filter((each) => each === tool).length === 1;
    if (isFirst) return tool === 'unseen' ? 404 : 'break';
    return 200;
  });
  await session.client.listTools();
  assert.equal((await session.call('looks')).isError, false);
  assert.equal((await session.call('unseen')).isError, false);
  const { text, isError } = await session.call('acts');
  assert.equal(isError, true);
  assert.match(text, /Whether acts was carried out is not known/);
  assert.deepEqual(calls, ['looks', 'looks', 'unseen', 'unseen', 'acts']);
});

// Promise: window-reload-attached
test('the session continues over reloads of the window, with its jobs and its subscriptions', async (t) => {
  const storage = storageFolder(t);
  let window = await openWindow(t, storage);
  const session = await attachTo(t, storage);
  const { id } = await startReady(session, 'echo ready; cat; exec sleep 100', { name: 'steady' });
  await session.client.subscribeResource({ uri: `job://${id}/log` });
  const updates: string[] = [];
  session.client.fallbackNotificationHandler = async ({ method, params }) => {
    updates.push(`${method} ${String(params?.uri)}`);
  };
  for (let count = repeats(20, 2); count > 0; count--) {
    await window.close();
    window = await openWindow(t, storage);
    assert.match((await session.call('list')).text, new RegExp(id));
    assert.match(await answerOf(session, 'steady', `reload ${count}`), new RegExp(`reload ${count}`));
  }
  // The new window reports changes, although the client subscribed at the previous one.
  updates.length = 0;
  await window.manager.input.write(id, 'news\n', false);
  await session.call('wait', { job_id: id, regex: 'news', wait_s: SOON });
  const update = `notifications/resources/updated job://${id}/log`;
  await eventually('the client is told', () => updates.includes(update));
  await session.call('kill', { job_id: id });
});

// Promise: window-reload-attached
test('an attached session of Claude Code is woken, also by a job that ends after a reload and before the next call', async (t) => {
  const storage = storageFolder(t);
  const window = await openWindow(t, storage);
  const session = await attachTo(t, storage, { name: 'claude-code' });
  const heard: string[] = [];
  session.client.fallbackNotificationHandler = async ({ method, params }) => {
    if (method === 'notifications/claude/channel') heard.push(String(params?.content));
  };
  await window.manager.start({
    command: 'exit 3',
    name: 'other',
    startedBy: { kind: 'agent', session: 'x' },
  });
  await session.call('execute', { command: 'exit 3', name: 'first' });
  await eventually('it has heard of the first', () => heard.length === 1);
  const command = 'echo ready; read line; echo "got $line"; read line; exit 3';
  await session.call('execute', { command, name: 'second', regex: 'ready', notify: ['match:got'] });
  await window.close();
  const { manager } = await openWindow(t, storage);
  await eventually('the bridge has joined the window', () => session.stderr().includes('joined the window'));
  await eventually('its jobs are known', () => manager.jobs.list().length > 0);
  await manager.input.write('second', 'news\n', false);
  await eventually('it has heard of the line', () => heard.length === 2);
  await manager.input.write('second', '\n', false);
  await eventually('it has heard of the end', () => heard.length === 3);
  assert.deepEqual(heard, [
    'The background job first failed (exit code 3). Its output: tail.',
    'The background job second printed "got news". Its output: tail.',
    'The background job second failed (exit code 3). Its output: tail.',
  ]);
});

// Promise: window-reload-attached
test('the next window sends log messages at the level that the client has set', async (t) => {
  const storage = storageFolder(t);
  const window = await openWindow(t, storage);
  const session = await attachTo(t, storage);
  const messages: unknown[] = [];
  session.client.fallbackNotificationHandler = async ({ method, params }) => {
    if (method === 'notifications/message') messages.push(params?.data);
  };
  await session.client.setLoggingLevel('debug');
  await session.client.setLoggingLevel('warning');
  await window.close();
  await openWindow(t, storage);
  const { facts } = await session.call('execute', { command: 'exit 3' });
  await eventually('a message arrives', () => messages.length > 0);
  assert.deepEqual(messages, [`${facts.id} failed exitCode=3 endedBy=itself`], 'nothing below the level');
});

// Promise: window-reload-attached
test('a call during a reload is answered when the window is back', async (t) => {
  const storage = storageFolder(t);
  const window = await openWindow(t, storage);
  const session = await attachTo(t, storage);
  await window.close();
  const calls = [session.call('list'), run(session, 'echo done')];
  await session.client.ping();
  const { manager } = await openWindow(t, storage);
  const [list, reply] = await Promise.all(calls);
  assert.equal(list!.isError, false);
  assert.equal(reply!.log, 'done\n');
  assert.equal(manager.jobs.list().length, 1);
});

// Promise: window-reload-attached
test('a call that is in progress when the window closes has a clear outcome', async (t) => {
  const storage = storageFolder(t);
  const window = await openWindow(t, storage);
  const session = await attachTo(t, storage);
  await session.client.listTools();
  const { id } = await startReady(session, 'echo ready; exec sleep 100');
  const waiting = session.call('wait', { job_id: id });
  const starting = session.call('execute', { command: 'echo begun; exec sleep 100', wait_s: 50 });
  const begun = await untilAnotherStarts(window.manager, id);
  await window.close();
  const [wait, execute] = await Promise.all([waiting, starting]);
  assert.equal(wait.isError, true);
  assert.match(wait.text, /^Error: The window of VS Code went away during the call.*Call wait again\.$/);
  assert.equal(execute.isError, true);
  assert.match(execute.text, /^Error: .*Whether execute was carried out is not known\. Look with list/);
  const { manager } = await openWindow(t, storage);
  const list = await listOf(session);
  assert.deepEqual(new Set(list.map((job) => job.id)), new Set([id, begun.id]));
  for (const job of manager.jobs.list()) await manager.kill(job.id, 'agent');
});

// Promise: window-gone-attached
test('calls without a window report that, and work again when there is one', async (t) => {
  const storage = storageFolder(t);
  const window = await openWindow(t, storage);
  const session = await attachTo(t, storage, { seconds: 0 });
  await window.close();
  const { text, isError } = await session.call('list');
  assert.equal(isError, true);
  assert.match(
    text,
    /^Error: No window of VS Code .* Open its folder in VS Code, and trust it .* Or start the server without --attach/,
  );
  await assert.rejects(session.client.listTools(), /No window of VS Code/);
  await openWindow(t, storage);
  assert.equal((await session.call('list')).isError, false);
});

// Promise: window-killed
test('any of several windows serves, and the next one removes the address of a killed one', async (t) => {
  const storage = storageFolder(t);
  const folder = windowsFolder(storage);
  const first = await openWindow(t, storage);
  const second = await openWindow(t, storage);
  const session = await attachTo(t, storage);
  await second.close();
  assert.equal((await session.call('list')).isError, false);
  assert.equal(first.isOpen(), true);
  const [left = ''] = readdirSync(folder);
  const dead = JSON.parse(readFileSync(join(folder, left), 'utf8')) as WindowAddress;
  await first.close();
  // As if it had been killed.
  await publishWindow(folder, dead);
  await openWindow(t, storage);
  assert.equal((await session.call('list')).isError, false);
  await eventually('it is removed', () => readdirSync(folder).length === 1);
});

test('reveals the endpoint only to clients that can read the private file of the window', async (t) => {
  const storage = storageFolder(t);
  const window = await openWindow(t, storage);
  const folder = windowsFolder(storage);
  const [name = ''] = readdirSync(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  const { socket, secret } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as WindowAddress;
  const status = async (headers: Record<string, string>, path = '/endpoint'): Promise<number | undefined> => {
    const response = await sendRequest({ socket, path, method: 'GET', headers });
    response.resume();
    return response.statusCode;
  };
  assert.equal(await status({}), 404);
  assert.equal(await status({ [SECRET_HEADER]: `${secret.slice(0, -1)}!` }), 404);
  assert.equal(await status({ [SECRET_HEADER]: secret }, '/mcp'), 404);
  assert.equal(window.isOpen(), false);
  assert.equal(await status({ [SECRET_HEADER]: secret }), 200);
  await window.close();
  assert.deepEqual(readdirSync(folder), []);
  assert.equal(existsSync(socket), false);
});

test('the bridge exits with its client and stops no job', async (t) => {
  const storage = storageFolder(t);
  const { manager } = await openWindow(t, storage);
  const session = await attachTo(t, storage);
  const { id } = await startReady(session, 'echo ready; exec sleep 100');
  await session.close();
  await untilGone(session.pid);
  assert.equal(manager.jobs.get(id).status, 'running');
  await manager.kill(id, 'agent');
});

test('reports an address of another version, and ignores an invalid one', async (t) => {
  const folder = join(scratchFolder(t), 'windows');
  await publishWindow(folder, { v: 99, pid: 1, socket: '/nowhere', secret: '' });
  await publishWindow(folder, null as never);
  await assert.rejects(untilWindow(folder, 0), /another version .* Reload it/);
});
