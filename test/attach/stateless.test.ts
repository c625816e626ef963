// A client of MCP 2026-07-28 that is attached to a window: no handshake, and the bridge passes each request on.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ManagerOptions } from '../../src/jobs/manager-options.ts';
import { windowsFolder } from '../../src/mcp/attach/attach-paths.ts';
import { storageFolder } from '../support/mcp-session.ts';
import type { RawMessage } from '../support/raw-client.ts';
import { messagesUntil, openRawStdio, type RawStdio } from '../support/raw-stdio.ts';
import { repeats } from '../support/repeats.ts';
import { eventually } from '../support/runner.ts';
import { type StatelessRequest, statelessRequest } from '../support/stateless-request.ts';
import { openWindow, type TestWindow, untilAnotherStarts } from './window.ts';

const INPUT_LOOP = 'echo ready; while read line; do echo "got $line"; done';

interface Attached extends RawStdio {
  readonly storage: string;
  readonly window: TestWindow;
}

/** Opens a window, which ends its jobs when it closes, and a bridge to it. */
async function attach(t: TestContext, ...args: readonly string[]): Promise<Attached> {
  return await attachTo(t, { endJobsWithManager: true }, ...args);
}

async function attachTo(
  t: TestContext,
  change: Partial<ManagerOptions>,
  ...args: readonly string[]
): Promise<Attached> {
  const storage = storageFolder(t);
  const window = await openWindow(t, storage, change);
  const stdio = openRawStdio(t, [`--attach=${windowsFolder(storage)}`, ...args]);
  return { ...stdio, storage, window };
}

const toolCall = (id: string | number, name: string, args: object, _meta?: object): StatelessRequest =>
  statelessRequest(id, 'tools/call', { name, arguments: args, ...(_meta && { _meta }) });

const listen = (id: string, notifications: object): StatelessRequest =>
  statelessRequest(id, 'subscriptions/listen', { notifications });

const cancelled = (requestId: unknown): object => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
});

/** Sends a request. @returns its answer */
async function ask(stdio: RawStdio, request: StatelessRequest): Promise<RawMessage> {
  stdio.write(request);
  return (await messagesUntil(stdio, request.id)).at(-1)!;
}

function textOf({ result }: RawMessage): string {
  return (result?.content as { text: string }[]).map(({ text }) => text).join('\n');
}

async function startPrompt(stdio: Attached, name = 'prompt'): Promise<string> {
  const reply = await ask(
    stdio,
    toolCall('start', 'execute', { command: INPUT_LOOP, name, regex: 'ready', wait_s: 40 }),
  );
  return /id=(\S+)/.exec(textOf(reply))![1]!;
}

/** Returns the next change that the subscription "l" reports. */
async function nextChange({ next }: RawStdio): Promise<RawMessage> {
  const message = await next();
  assert.match(message.method ?? '', /^notifications\/resources\/(updated|list_changed)$/);
  assert.deepEqual(message.params?._meta, { 'io.modelcontextprotocol/subscriptionId': 'l' });
  return message;
}

/** Counts the calls that watch a log. */
function countWatches({ window }: Attached): () => number {
  const { jobs } = window.manager;
  const watch = jobs.watch.bind(jobs);
  let count = 0;
  jobs.watch = (...args) => {
    count++;
    const stop = watch(...args);
    return () => {
      count--;
      stop();
    };
  };
  return () => count;
}

test('discovers the server, calls tools and reads resources of the window', async (t) => {
  const stdio = await attach(t);
  const probe = await ask(stdio, statelessRequest('probe', 'server/discover'));
  assert.deepEqual(probe.result?.supportedVersions, ['2026-07-28']);
  assert.match(JSON.stringify(probe.result._meta), /"version":"1\.2\.3"/);
  const tools = await ask(stdio, statelessRequest(1, 'tools/list'));
  assert.equal((tools.result?.tools as unknown[]).length, 10);
  const id = await startPrompt(stdio, 'näme');
  const { session, ...starter } = stdio.window.manager.jobs.get(id).startedBy;
  assert.deepEqual(starter, { kind: 'agent', client: 'stateless' });
  assert.match(session ?? '', /^[0-9a-f-]{36}$/);
  // The header that repeats the address cannot hold it as it is.
  const read = await ask(stdio, statelessRequest(2, 'resources/read', { uri: 'job://näme/log' }));
  assert.match(JSON.stringify(read.result), /ready/);
  // The bridge names its session in each call, so the job is the caller's own.
  assert.match(textOf(await ask(stdio, toolCall(3, 'kill', { all: true }))), /jobs=1 /);
});

test('passes on the error codes of the window', async (t) => {
  const stdio = await attach(t);
  const version = { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' };
  const { error } = await ask(stdio, statelessRequest(1, 'tools/list', { _meta: version }));
  assert.equal(error?.code, -32022);
  assert.deepEqual(error.data, { supported: ['2026-07-28'], requested: '2099-01-01' });
  stdio.write({ jsonrpc: '2.0', id: 2, method: 'server/discover' });
  assert.equal((await stdio.next()).error?.code, -32602);
  stdio.write({ jsonrpc: '2.0', id: 7, method: 'initialize', params: { protocolVersion: 5 } });
  const { error: refused } = await stdio.next();
  assert.equal(refused?.code, -32602);
  assert.match(refused.message, /pass text, not a number/);
  for (const method of ['ping', 'initialize', 'resources/subscribe', 'x'])
    assert.equal((await ask(stdio, statelessRequest(3, method))).error?.code, -32601, method);
  const missing = statelessRequest(4, 'resources/read', { uri: 'job://nothing' });
  assert.equal((await ask(stdio, missing)).error?.code, -32602);
  stdio.write([statelessRequest(5, 'tools/list')]);
  const batch = await stdio.next();
  assert.deepEqual([batch.id, batch.error?.code], [null, -32600]);
  const big = toolCall(6, 'execute', { command: 'x'.repeat(5 * 1024 * 1024) });
  assert.match(textOf(await ask(stdio, big)), /^Error: .*larger than/);
});

test('messages of a call come before its answer', async (t) => {
  const stdio = await attach(t);
  const _meta = { 'io.modelcontextprotocol/logLevel': 'warning' };
  stdio.write(toolCall('a', 'execute', { command: 'exit 3', wait_s: 45 }, _meta));
  const messages = await messagesUntil(stdio, 'a');
  assert.deepEqual(
    messages.map(({ method, id }) => method ?? id),
    ['notifications/message', 'a'],
  );
});

test('requests that a client sends together reach the window in order', async (t) => {
  const stdio = await attach(t);
  const id = await startPrompt(stdio);
  const numbers = Array.from({ length: repeats(300, 60) }, (_, at) => `${at}`);
  for (const number of numbers) stdio.write(toolCall(number, 'interact', { job_id: id, input: number }));
  const regex = `^got ${numbers.at(-1)}$`;
  await ask(stdio, toolCall('w', 'wait', { job_id: id, regex, wait_s: 40 }));
  const log = await ask(stdio, statelessRequest('r', 'resources/read', { uri: `job://${id}/log` }));
  const [{ text }] = log.result?.contents as [{ text: string }];
  assert.deepEqual(
    [...text.matchAll(/got (\d+)/g)].map(([, number]) => number),
    numbers,
  );
});

// Promise: cancelled-call
test('a cancelled call of either era ends in the window, gets no answer, and its session continues', async (t) => {
  const stdio = await attach(t, '--log-level', 'info');
  const log: string[] = [];
  stdio.server.stderr.on('data', (data) => log.push(String(data)));
  await stdio.initialize();
  const id = await startPrompt(stdio);
  const waiting = countWatches(stdio);
  const wait = { name: 'wait', arguments: { job_id: id, regex: 'never', wait_s: 40 } };
  for (const call of [
    statelessRequest('w', 'tools/call', wait),
    { jsonrpc: '2.0', id: 'w', method: 'tools/call', params: wait },
  ]) {
    stdio.write(call);
    await eventually('the call is waiting', () => waiting() === 1);
    stdio.write(cancelled('w'));
    await eventually('the call is over', () => waiting() === 0);
    // The id can be used again.
    const listed = await ask(stdio, toolCall('w', 'list', {}));
    assert.match(textOf(listed), /running=1/);
    const { result } = await stdio.ask('tools/call', { name: 'list', arguments: {} });
    assert.match(JSON.stringify(result), /running=1/);
  }
  assert.doesNotMatch(log.join(''), /window is gone/);
});

test('refuses a request with the id of an unanswered one of either era', async (t) => {
  const stdio = await attach(t);
  await stdio.initialize();
  const id = await startPrompt(stdio);
  const wait = { name: 'wait', arguments: { job_id: id, regex: 'got', wait_s: 40 } };
  stdio.write(statelessRequest(1, 'tools/call', wait));
  stdio.write({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: wait });
  for (const used of [1, 2]) {
    stdio.write(statelessRequest(used, 'tools/list'));
    stdio.write({ jsonrpc: '2.0', id: used, method: 'ping' });
    for (const refused of [await messagesUntil(stdio, null), await messagesUntil(stdio, null)]) {
      const { error } = refused.at(-1)!;
      assert.equal(error?.code, -32600);
      assert.match(error.message, new RegExp(`The id ${used} belongs to a call`));
    }
  }
  stdio.write(toolCall(3, 'interact', { job_id: id, input: 'x' }));
  const answered = new Set<unknown>();
  while (answered.size < 3) {
    const message = await stdio.next();
    if (message.method === undefined) answered.add(message.id);
  }
  assert.deepEqual(answered, new Set([1, 2, 3]));
});

// Promise: window-reload-attached
test('a stream of changes continues over reloads of the window, and reports what it may have missed', async (t) => {
  const stdio = await attachTo(t, {});
  let { window } = stdio;
  const id = await startPrompt(stdio);
  const uri = `job://${id}/log`;
  stdio.write(listen('l', { resourcesListChanged: true, resourceSubscriptions: [uri] }));
  const first = await stdio.next();
  assert.equal(first.method, 'notifications/subscriptions/acknowledged');
  for (let count = repeats(10, 2); count > 0; count--) {
    await window.close();
    window = await openWindow(t, stdio.storage);
    // Before it, the list may have changed once more.
    while ((await nextChange(stdio)).params?.uri !== uri);
    while ((await nextChange(stdio)).method !== 'notifications/resources/list_changed');
    await window.manager.input.write(id, 'news\n', false);
    // The list may change more than once after a reload.
    while ((await nextChange(stdio)).params?.uri !== uri);
  }
  const listeners = (): number => window.manager.jobs.listenerCount('removed');
  const before = listeners();
  stdio.write(cancelled('l'));
  await eventually('the window forgets the stream', () => listeners() === before - 1);
  await window.manager.kill(id, 'agent');
});

test('a stream for which there are no changes ends at once', async (t) => {
  const stdio = await attach(t);
  stdio.write(listen('l', { toolsListChanged: true, resourceSubscriptions: ['job://gone'] }));
  const [first, last] = await messagesUntil(stdio, 'l');
  assert.deepEqual(first?.params?.notifications, {});
  assert.equal(last?.result?.resultType, 'complete');
  const wrong = await ask(stdio, statelessRequest('m', 'subscriptions/listen', {}));
  assert.equal(wrong.error?.code, -32602);
});

// Promise: window-reload-attached
test('a call that is in progress when the window closes has a clear outcome', async (t) => {
  const stdio = await attachTo(t, {});
  const { window } = stdio;
  await ask(stdio, statelessRequest(1, 'tools/list'));
  const id = await startPrompt(stdio);
  stdio.write(toolCall('w', 'wait', { job_id: id, regex: 'never', wait_s: 40 }));
  stdio.write(toolCall('e', 'execute', { command: 'exec sleep 100', wait_s: 50 }));
  await untilAnotherStarts(window.manager, id);
  await window.close();
  const answers = new Map([await stdio.next(), await stdio.next()].map((each) => [each.id, each]));
  const [wait, execute] = [answers.get('w')!, answers.get('e')!];
  assert.deepEqual([wait.result?.isError, wait.result?.resultType], [true, 'complete']);
  assert.match(textOf(wait), /^Error: The window of VS Code went away.*Call wait again\.$/);
  assert.match(textOf(execute), /^Error: .*Whether execute was carried out is not known\. Look with list/);
  const { manager } = await openWindow(t, stdio.storage);
  assert.match(textOf(await ask(stdio, toolCall('l', 'list', {}))), /running=2/);
  for (const job of manager.jobs.list()) await manager.kill(job.id, 'agent');
});

// Promise: window-gone-attached
test('requests without a window report that, and work again when there is one', async (t) => {
  const stdio = await attach(t, '--attach-seconds', '0');
  await ask(stdio, statelessRequest(1, 'tools/list'));
  await stdio.window.close();
  const call = await ask(stdio, toolCall(2, 'list', {}));
  assert.equal(call.result?.isError, true);
  assert.match(textOf(call), /^Error: No window of VS Code /);
  assert.match((await ask(stdio, statelessRequest(3, 'tools/list'))).error!.message, /No window of VS Code/);
  await openWindow(t, stdio.storage);
  assert.match(textOf(await ask(stdio, toolCall(4, 'list', {}))), /running=0/);
});

test('if no window opens, a client that asks for versions first also gets the reason for its session', async (t) => {
  const stdio = openRawStdio(t, [`--attach=${windowsFolder(storageFolder(t))}`, '--attach-seconds', '1']);
  const discovered = await ask(stdio, statelessRequest('probe', 'server/discover'));
  assert.match(discovered.error!.message, /^No window of VS Code /);
  assert.match((await stdio.initialize()).error!.message, /^No window of VS Code /);
  assert.equal(await stdio.ended, 1);
});
