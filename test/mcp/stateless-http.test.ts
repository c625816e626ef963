// MCP 2026-07-28 over HTTP: no handshake, no sessions, and each request has a response of its own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import type { Endpoint } from '../../src/mcp/transports/http-endpoint.ts';
import { openTestEndpoint, type TestEndpoint } from '../support/endpoint.ts';
import { untilPrinted } from '../support/jobs.ts';
import type { RawMessage } from '../support/raw-client.ts';
import { eventually } from '../support/runner.ts';
import { atEnd } from '../support/scratch.ts';
import {
  META,
  sendStateless,
  standardHeaders,
  type StatelessRequest,
  statelessRequest,
} from '../support/stateless-request.ts';

/** An event stream that is read message by message. */
interface Stream {
  readonly response: IncomingMessage;
  readonly next: () => Promise<RawMessage>;
  readonly close: () => void;
}

async function openStream(t: TestContext, endpoint: Endpoint, sent: StatelessRequest): Promise<Stream> {
  const { socket: socketPath, path, headers } = endpoint;
  const types = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  const all = { ...headers, ...types, ...standardHeaders(sent) };
  const outgoing = request({ socketPath, path, method: 'POST', headers: all, agent: false });
  outgoing.on('error', () => undefined);
  atEnd(t, () => outgoing.destroy());
  outgoing.end(JSON.stringify(sent));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  return {
    response,
    close: () => outgoing.destroy(),
    async next() {
      for (;;) {
        const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
        if (done === true) throw new Error('the stream has ended');
        if (value.startsWith('data: ')) return JSON.parse(value.slice(6)) as RawMessage;
      }
    },
  };
}

const listen = (id: number, notifications: object): StatelessRequest =>
  statelessRequest(id, 'subscriptions/listen', { notifications });

function subscriptionOf({ params, result }: RawMessage): unknown {
  const meta = (params ?? result)?._meta as Record<string, unknown> | undefined;
  return meta?.['io.modelcontextprotocol/subscriptionId'];
}

async function startPrompt({ open, manager }: TestEndpoint): Promise<string> {
  const client = await open();
  const command = 'echo ready; while read line; do echo "got $line"; done';
  const reply = await client.call('execute', { command, name: 'prompt' });
  await untilPrinted(manager, 'prompt', 'ready');
  return /id=(\S+)/.exec(reply)![1]!;
}

test('discovers the server and calls tools without a session', async (t) => {
  const { client } = await openTestEndpoint(t);
  const raw = client();
  const discovered = await sendStateless(raw, statelessRequest(1, 'server/discover'));
  assert.equal(discovered.status, 200);
  assert.equal(discovered.headers['mcp-session-id'], undefined);
  const { result } = discovered.messages[0]!;
  assert.deepEqual(result?.supportedVersions, ['2026-07-28']);
  assert.equal(result.resultType, 'complete');
  assert.deepEqual([result.ttlMs, result.cacheScope], [300_000, 'public']);
  assert.match(String(result.instructions), /background jobs/);
  assert.deepEqual(result._meta, {
    'io.modelcontextprotocol/serverInfo': { name: 'background-jobs', title: 'Jobs', version: '1.2.3' },
  });
  const listed = await sendStateless(raw, statelessRequest(1, 'tools/list'));
  assert.equal((listed.messages[0]?.result?.tools as unknown[]).length, 10);
  const args = { name: 'execute', arguments: { command: 'echo hi', name: 'x', wait_s: 45 } };
  const called = await sendStateless(raw, statelessRequest(1, 'tools/call', args));
  assert.match(JSON.stringify(called.messages[0]?.result?.content), /status=completed.*\\nhi\\n/);
  const status = statelessRequest(1, 'tools/call', { name: 'status', arguments: { job_id: 'x' } });
  assert.match((await sendStateless(raw, status)).text, /client=stateless/);
});

test('a result about jobs may not be kept or shared', async (t) => {
  const test = await openTestEndpoint(t);
  await startPrompt(test);
  const requests = [
    statelessRequest(1, 'resources/list'),
    statelessRequest(2, 'resources/read', { uri: 'job://prompt' }),
  ];
  for (const request of requests) {
    const { messages } = await sendStateless(test.client(), request);
    assert.deepEqual([messages[0]?.result?.ttlMs, messages[0]?.result?.cacheScope], [0, 'private']);
  }
});

test('refuses a version that it does not know, and names the known ones', async (t) => {
  const { client } = await openTestEndpoint(t);
  for (const version of ['2027-01-01', '2025-11-25', '1999-01-01', '', 'x'.repeat(1000)]) {
    const _meta = { 'io.modelcontextprotocol/protocolVersion': version };
    const request = statelessRequest('v', 'tools/list', { _meta });
    const { status, messages } = await sendStateless(client(), request, { 'mcp-protocol-version': version });
    assert.equal(status, 400, version);
    assert.equal(messages[0]?.id, 'v');
    const { error } = messages[0];
    assert.equal(error?.code, -32022, version);
    assert.deepEqual(error.data, { supported: ['2026-07-28'], requested: version });
  }
});

test('names the missing or invalid member of _meta', async (t) => {
  const { client } = await openTestEndpoint(t);
  const wrong: [string, unknown][] = [
    ['io.modelcontextprotocol/protocolVersion', undefined],
    ['io.modelcontextprotocol/protocolVersion', 5],
    ['io.modelcontextprotocol/clientCapabilities', undefined],
    ['io.modelcontextprotocol/clientCapabilities', []],
    ['io.modelcontextprotocol/clientInfo', 'me'],
    ['io.modelcontextprotocol/clientInfo', {}],
    ['io.modelcontextprotocol/logLevel', 'loud'],
  ];
  for (const [key, value] of wrong) {
    const request = statelessRequest(7, 'tools/list', { _meta: { [key]: value } });
    const { status, messages } = await sendStateless(client(), request);
    assert.deepEqual([status, messages[0]?.error?.code, messages[0]?.id], [400, -32602, 7], key);
    assert.ok(messages[0]?.error?.message.includes(key));
  }
  const bare = { jsonrpc: '2.0', id: 8, method: 'tools/list' };
  const { status, messages } = await client().send({
    body: bare,
    headers: { 'mcp-protocol-version': '2026-07-28' },
  });
  assert.deepEqual([status, messages[0]?.error?.code], [400, -32602]);
});

test('serves a request that does not name its client', async (t) => {
  const { client } = await openTestEndpoint(t);
  const request = statelessRequest(1, 'tools/list', {
    _meta: { 'io.modelcontextprotocol/clientInfo': undefined },
  });
  assert.equal((await sendStateless(client(), request)).status, 200);
});

test('refuses headers that are missing or say something else than the body', async (t) => {
  const { client } = await openTestEndpoint(t);
  const call = statelessRequest(1, 'tools/call', { name: 'list', arguments: {} });
  const wrong: [string, string | undefined][] = [
    ['mcp-protocol-version', undefined],
    ['mcp-protocol-version', '2025-11-25'],
    ['mcp-method', undefined],
    ['mcp-method', 'tools/list'],
    ['mcp-method', 'TOOLS/CALL'],
    ['mcp-name', undefined],
    ['mcp-name', 'kill'],
    ['mcp-name', '=?base64?!!!!?='],
    ['mcp-name', '=?base64?a2lsbA==?='],
  ];
  for (const [name, value] of wrong) {
    const { status, messages } = await sendStateless(client(), call, { [name]: value });
    assert.deepEqual(
      [status, messages[0]?.error?.code, messages[0]?.id],
      [400, -32020, 1],
      `${name} ${value}`,
    );
    assert.match(messages[0]?.error?.message ?? '', new RegExp(name, 'i'));
  }
  const encoded = `=?base64?${Buffer.from('list').toString('base64')}?=`;
  assert.equal((await sendStateless(client(), call, { 'mcp-name': encoded })).status, 200);
});

test('answers methods that do not exist in this version with 404', async (t) => {
  const { client } = await openTestEndpoint(t);
  const removed = ['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'prompts/list', 'x'];
  for (const method of [...removed, '__proto__', 'constructor', '']) {
    const { status, messages } = await sendStateless(client(), statelessRequest(3, method));
    assert.deepEqual([status, messages[0]?.error?.code, messages[0]?.id], [404, -32601, 3], method);
  }
});

test('reports a missing resource and an unknown tool with "Invalid params"', async (t) => {
  const { client } = await openTestEndpoint(t);
  const requests = [
    statelessRequest(1, 'resources/read', { uri: 'job://nothing' }),
    statelessRequest(2, 'tools/call', { name: 'nothing' }),
    statelessRequest(3, 'tools/call', { name: 5 }),
    statelessRequest(4, 'resources/list', { cursor: 'gone' }),
  ];
  for (const request of requests) {
    const { messages } = await sendStateless(client(), request);
    assert.equal(messages[0]?.error?.code, -32602);
    assert.doesNotMatch(messages[0].error.message, /MCP error/);
  }
});

test('refuses a batch, and takes no message of it', async (t) => {
  const { client, manager } = await openTestEndpoint(t);
  const call = statelessRequest(1, 'tools/call', { name: 'execute', arguments: { command: 'true' } });
  const old = { jsonrpc: '2.0', id: 2, method: 'ping' };
  for (const body of [[call], [old, call], [call, call]]) {
    const { status, messages } = await client().send({ body, headers: standardHeaders(call) });
    assert.deepEqual([status, messages[0]?.error?.code], [400, -32600]);
    assert.match(messages[0]?.error?.message ?? '', /no batches/);
  }
  await manager.jobs.ready();
  assert.equal(manager.jobs.list().length, 0);
});

test('refuses other types, and ignores notifications', async (t) => {
  const { client } = await openTestEndpoint(t);
  const list = statelessRequest(1, 'tools/list');
  assert.equal((await sendStateless(client(), list, { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await sendStateless(client(), list, { accept: 'application/json' })).status, 406);
  const note = { jsonrpc: '2.0', method: 'notifications/x', params: { _meta: META } };
  const { status, text } = await client().send({ body: note, headers: standardHeaders(list) });
  assert.deepEqual([status, text], [202, '']);
});

test('ignores a session id, valid or not, and lets a client mix both eras', async (t) => {
  const { open } = await openTestEndpoint(t);
  const session = await open();
  const list = statelessRequest(1, 'tools/list');
  const own = await sendStateless(session, list);
  assert.deepEqual([own.status, own.headers['mcp-session-id']], [200, undefined]);
  assert.equal((await sendStateless(session, list, { 'mcp-session-id': 'gone' })).status, 200);
  assert.match(await session.call('list', {}), /running=0/);
});

test('two clients may use the same id at the same time', async (t) => {
  const test = await openTestEndpoint(t);
  await startPrompt(test);
  const wait = statelessRequest(1, 'tools/call', {
    name: 'wait',
    arguments: { job_id: 'prompt', pattern: 'got' },
  });
  const waiting = [sendStateless(test.client(), wait), sendStateless(test.client(), wait)];
  const list = await sendStateless(test.client(), statelessRequest(1, 'tools/list'));
  assert.equal(list.messages[0]?.id, 1);
  await test.manager.input.write('prompt', 'x\n', false);
  for (const { text } of await Promise.all(waiting)) assert.match(text, /reason=pattern/);
});

// Promise: cancelled-call
test('closing the connection ends a waiting call, and its job continues', async (t) => {
  const test = await openTestEndpoint(t);
  const id = await startPrompt(test);
  const { jobs } = test.manager;
  const watch = jobs.watch.bind(jobs);
  let waiting = 0;
  jobs.watch = (...args) => {
    waiting++;
    const stop = watch(...args);
    return () => {
      waiting--;
      stop();
    };
  };
  const leaving = new AbortController();
  const wait = { name: 'wait', arguments: { job_id: id, pattern: 'never' } };
  const call = sendStateless(test.client(), statelessRequest(1, 'tools/call', wait), {}, leaving.signal);
  await eventually('the call is waiting', () => waiting === 1);
  leaving.abort();
  await assert.rejects(call);
  await eventually('the call is over', () => waiting === 0);
  assert.equal(jobs.get(id).status, 'running');
});

test('sends progress and log messages of a call before its answer, if it asks for them', async (t) => {
  const { client } = await openTestEndpoint(t);
  const call = { name: 'execute', arguments: { command: 'echo hi; exit 3', wait_s: 45 } };
  const quiet = await sendStateless(client(), statelessRequest(1, 'tools/call', call));
  assert.equal(quiet.messages.length, 1);
  const _meta = { 'io.modelcontextprotocol/logLevel': 'warning' };
  const { headers, messages } = await sendStateless(
    client(),
    statelessRequest(2, 'tools/call', { ...call, _meta }),
  );
  assert.match(String(headers['content-type']), /event-stream/);
  assert.equal(headers['x-accel-buffering'], 'no');
  const [log, answer] = messages;
  assert.deepEqual([log?.method, log?.params?.level], ['notifications/message', 'warning']);
  assert.equal(answer?.id, 2);
});

test('streams the changes that a client asked for, each with the id of the subscription', async (t) => {
  const test = await openTestEndpoint(t);
  const id = await startPrompt(test);
  const uri = `job://${id}/log`;
  const filter = {
    toolsListChanged: true,
    resourcesListChanged: true,
    resourceSubscriptions: [uri, 'job://gone'],
  };
  const stream = await openStream(t, test.endpoint, listen(5, filter));
  assert.equal(stream.response.headers['content-type'], 'text/event-stream');
  const first = await stream.next();
  assert.equal(first.method, 'notifications/subscriptions/acknowledged');
  assert.deepEqual(first.params?.notifications, {
    resourcesListChanged: true,
    resourceSubscriptions: [uri],
  });
  assert.equal(subscriptionOf(first), 5);
  await test.manager.input.write('prompt', 'x\n', false);
  const update = await stream.next();
  assert.deepEqual([update.method, update.params?.uri], ['notifications/resources/updated', uri]);
  assert.equal(subscriptionOf(update), 5);
  await test.manager.kill(id, 'person');
  const methods = new Set<unknown>();
  while (!methods.has('notifications/resources/list_changed')) {
    const message = await stream.next();
    assert.equal(subscriptionOf(message), 5);
    methods.add(message.method);
  }
});

test('a stream reports that its resource was removed, and one for a resource that is gone ends', async (t) => {
  const test = await openTestEndpoint(t);
  const id = await startPrompt(test);
  const uri = `job://${id}/log`;
  const stream = await openStream(t, test.endpoint, listen(1, { resourceSubscriptions: [uri] }));
  assert.equal((await stream.next()).method, 'notifications/subscriptions/acknowledged');
  await test.manager.kill(id, 'person');
  await test.manager.jobs.removeFinished(id);
  const isGone = async (): Promise<boolean> => {
    const { messages } = await sendStateless(test.client(), statelessRequest(2, 'resources/read', { uri }));
    return messages[0]?.error?.code === -32602;
  };
  do {
    const { method, params } = await stream.next();
    assert.deepEqual([method, params?.uri], ['notifications/resources/updated', uri]);
  } while (!(await isGone()));
  const { messages } = await sendStateless(test.client(), listen(3, { resourceSubscriptions: [uri] }));
  assert.deepEqual([messages[0]?.params?.notifications, messages[1]?.id], [{}, 3]);
});

test('a subscription to what never changes ends at once', async (t) => {
  const test = await openTestEndpoint(t);
  const filters = [
    {},
    { toolsListChanged: true, promptsListChanged: true },
    { resourceSubscriptions: ['job://gone'] },
  ];
  for (const filter of filters) {
    const { messages } = await sendStateless(test.client(), listen(1, filter));
    assert.deepEqual(messages[0]?.params?.notifications, {});
    assert.deepEqual([messages[1]?.id, messages[1]?.result?.resultType], [1, 'complete']);
    assert.equal(subscriptionOf(messages[1]!), 1);
  }
  const wrong = await sendStateless(test.client(), statelessRequest(1, 'subscriptions/listen', {}));
  assert.equal(wrong.messages[0]?.error?.code, -32602);
});

test('ends subscriptions with an answer when the endpoint closes, and forgets those whose client left', async (t) => {
  const test = await openTestEndpoint(t);
  const id = await startPrompt(test);
  const count = (): number => test.manager.jobs.listenerCount('removed');
  const before = count();
  const left = await openStream(t, test.endpoint, listen(1, { resourcesListChanged: true }));
  await left.next();
  assert.equal(count(), before + 1);
  left.close();
  await eventually('the subscription is gone', () => count() === before);
  const stream = await openStream(t, test.endpoint, listen(2, { resourceSubscriptions: [`job://${id}`] }));
  await stream.next();
  await test.endpoint.close();
  const last = await stream.next();
  assert.deepEqual([last.id, last.result?.resultType, subscriptionOf(last)], [2, 'complete', 2]);
});

test('limits the number of subscriptions, so that calls can still connect', async (t) => {
  const test = await openTestEndpoint(t);
  const streams: Stream[] = [];
  for (let i = 0; i < 64; i++) {
    const stream = await openStream(t, test.endpoint, listen(i, { resourcesListChanged: true }));
    await stream.next();
    streams.push(stream);
  }
  const refused = await sendStateless(test.client(), listen(64, { resourcesListChanged: true }));
  assert.match(refused.messages[0]?.error?.message ?? '', /64 open streams.*Close one first/);
  streams[0]?.close();
  await eventually('there is room again', async () => {
    const filter = { resourceSubscriptions: ['job://gone'] };
    return (await sendStateless(test.client(), listen(65, filter))).messages.length === 2;
  });
});

// Promise: resent-call
test('a call that is repeated because its connection broke runs once', async (t) => {
  const test = await openTestEndpoint(t);
  const _meta = { 'vscode.conversationId': 'c', 'vscode.requestId': 'r' };
  const execute = { name: 'execute', arguments: { command: 'sleep 100', wait_s: 40 }, _meta };
  const call = statelessRequest(1, 'tools/call', execute);
  const leaving = new AbortController();
  const lost = sendStateless(test.client(), call, {}, leaving.signal);
  await once(test.manager.jobs, 'changed');
  leaving.abort();
  await assert.rejects(lost);
  const again = sendStateless(test.client(), call);
  await test.manager.kill(test.manager.jobs.list()[0]!.id, 'person');
  assert.match((await again).text, /status=(running|killed)/);
  assert.equal(test.manager.jobs.list().length, 1);
});
