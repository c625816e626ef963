// MCP 2026-07-28 over stdio: no handshake, and both eras on the same streams.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawMessage } from '../support/raw-client.ts';
import { messagesUntil, openRawStdio, type RawStdio } from '../support/raw-stdio.ts';
import { statelessRequest } from '../support/stateless-request.ts';

const toolCall = (id: string | number, name: string, args: object): unknown =>
  statelessRequest(id, 'tools/call', { name, arguments: args });

function textOf({ result }: RawMessage): string {
  return (result?.content as { text: string }[]).map(({ text }) => text).join('\n');
}

/** Returns the next answer. Notifications of a session may come before it. */
async function nextAnswer({ next }: RawStdio): Promise<RawMessage> {
  for (;;) {
    const message = await next();
    if (message.method === undefined) return message;
  }
}

async function startPrompt(stdio: RawStdio): Promise<string> {
  stdio.write(
    toolCall('start', 'execute', {
      command: 'echo ready; while read line; do echo "got $line"; done',
      name: 'prompt',
      pattern: 'ready',
    }),
  );
  const messages = await messagesUntil(stdio, 'start');
  return /id=(\S+)/.exec(textOf(messages.at(-1)!))![1]!;
}

test('discovers the server, calls tools and reads resources without a handshake', async (t) => {
  const stdio = openRawStdio(t);
  stdio.write(statelessRequest('probe', 'server/discover'));
  const probe = await stdio.next();
  assert.deepEqual(probe.result?.supportedVersions, ['2026-07-28']);
  assert.equal(probe.result.resultType, 'complete');
  const id = await startPrompt(stdio);
  stdio.write(statelessRequest(2, 'resources/read', { uri: `job://${id}/log` }));
  assert.match(JSON.stringify((await stdio.next()).result), /ready/);
  stdio.write(toolCall(3, 'status', { job_id: id }));
  assert.match(textOf(await stdio.next()), /client=stateless/);
});

test('lists the tools of another server with --compat', async (t) => {
  const stdio = openRawStdio(t, ['--compat', 'mcp-bgtask']);
  stdio.write(statelessRequest(1, 'tools/list'));
  const { result } = await stdio.next();
  assert.ok((result?.tools as { name: string }[]).every(({ name }) => name !== 'execute'));
  stdio.write(statelessRequest(2, 'server/discover'));
  assert.equal((await stdio.next()).result?.instructions, undefined);
});

test('answers an unknown version, missing metadata and a removed method with their codes', async (t) => {
  const stdio = openRawStdio(t);
  const version = { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' };
  stdio.write(statelessRequest(1, 'tools/list', { _meta: version }));
  const unknown = (await stdio.next()).error;
  assert.equal(unknown?.code, -32022);
  assert.deepEqual(unknown.data, { supported: ['2026-07-28'], requested: '2099-01-01' });
  stdio.write({ jsonrpc: '2.0', id: 2, method: 'server/discover' });
  assert.equal((await stdio.next()).error?.code, -32602);
  stdio.write(statelessRequest(3, 'ping'));
  assert.equal((await stdio.next()).error?.code, -32601);
  stdio.write(statelessRequest(4, 'initialize'));
  assert.equal((await stdio.next()).error?.code, -32601);
});

test('serves both eras on the same streams', async (t) => {
  const stdio = openRawStdio(t);
  await stdio.initialize();
  const id = await startPrompt(stdio);
  const { result } = await stdio.ask('tools/call', { name: 'status', arguments: { job_id: id } });
  assert.match(JSON.stringify(result), /client=stateless/);
  assert.equal(result?.resultType, undefined);
  assert.deepEqual((await stdio.ask('ping')).result, {});
});

// Promise: cancelled-call
test('a cancelled call gets no answer, and its id can be used again', async (t) => {
  const stdio = openRawStdio(t);
  const id = await startPrompt(stdio);
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'w' } };
  stdio.write(toolCall('w', 'wait', { job_id: id, pattern: 'never' }));
  stdio.write(cancel);
  stdio.write(toolCall('w', 'list', {}));
  const [answer, ...more] = await messagesUntil(stdio, 'w');
  assert.equal(more.length, 0);
  assert.match(textOf(answer!), /running=1/);
  // A late cancellation of an answered call has no effect.
  stdio.write(cancel);
  stdio.write(toolCall('x', 'list', {}));
  assert.equal((await stdio.next()).id, 'x');
});

test('refuses a call with the id of an unanswered one of either era', async (t) => {
  const stdio = openRawStdio(t);
  await stdio.initialize();
  const id = await startPrompt(stdio);
  const wait = { name: 'wait', arguments: { job_id: id, pattern: 'got' } };
  stdio.write(statelessRequest(1, 'tools/call', wait));
  stdio.write({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: wait });
  for (const used of [1, 2]) {
    stdio.write(statelessRequest(used, 'tools/list'));
    stdio.write({ jsonrpc: '2.0', id: used, method: 'tools/list' });
    for (const refused of [await nextAnswer(stdio), await nextAnswer(stdio)]) {
      assert.deepEqual([refused.id, refused.error?.code], [null, -32600]);
      assert.match(refused.error?.message ?? '', new RegExp(`The id ${used} belongs to a call`));
    }
  }
  stdio.write(toolCall(3, 'interact', { job_id: id, input: 'x' }));
  const answered = new Set([
    (await nextAnswer(stdio)).id,
    (await nextAnswer(stdio)).id,
    (await nextAnswer(stdio)).id,
  ]);
  assert.deepEqual(answered, new Set([1, 2, 3]));
  stdio.write(statelessRequest(1, 'tools/list'));
  assert.equal((await nextAnswer(stdio)).id, 1);
});

test('refuses a batch with a message of this era, and takes none of it', async (t) => {
  const stdio = openRawStdio(t);
  const call = toolCall(1, 'execute', { command: 'true' });
  stdio.write([call]);
  stdio.write([{ jsonrpc: '2.0', id: 2, method: 'ping' }, call]);
  for (const refused of [await stdio.next(), await stdio.next()]) {
    assert.deepEqual([refused.id, refused.error?.code], [null, -32600]);
  }
  stdio.write(toolCall(3, 'list', {}));
  assert.match(textOf(await stdio.next()), /running=0 /);
});

test('streams changes until they are cancelled, and nothing after that', async (t) => {
  const stdio = openRawStdio(t);
  const id = await startPrompt(stdio);
  const uri = `job://${id}`;
  stdio.write(
    statelessRequest('s', 'subscriptions/listen', { notifications: { resourceSubscriptions: [uri] } }),
  );
  const first = await stdio.next();
  assert.equal(first.method, 'notifications/subscriptions/acknowledged');
  assert.deepEqual(first.params?._meta, { 'io.modelcontextprotocol/subscriptionId': 's' });
  stdio.write(toolCall('k', 'kill', { job_id: id }));
  const messages = await messagesUntil(stdio, 'k');
  if (messages.length === 1) messages.unshift(await stdio.next());
  assert.deepEqual(
    [messages[0]?.method, messages[0]?.params],
    ['notifications/resources/updated', { uri, _meta: { 'io.modelcontextprotocol/subscriptionId': 's' } }],
  );
  stdio.write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 's' } });
  stdio.write(statelessRequest('s', 'tools/list'));
  const after = await messagesUntil(stdio, 's');
  assert.ok(after.length <= 2, JSON.stringify(after));
});

test('ends subscriptions with an answer when the server is stopped', async (t) => {
  const stdio = openRawStdio(t);
  stdio.write(statelessRequest(9, 'subscriptions/listen', { notifications: { resourcesListChanged: true } }));
  await stdio.next();
  stdio.server.kill('SIGTERM');
  const last = await stdio.next();
  assert.deepEqual([last.id, last.result?.resultType], [9, 'complete']);
});
