import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Endpoint } from '../../src/mcp/transports/http-endpoint.ts';
import { postHead, untilClosed } from '../support/endpoint.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { RawClient, type RawReply } from '../support/raw-client.ts';
import { repeats } from '../support/repeats.ts';
import { eventually } from '../support/runner.ts';
import { atEnd } from '../support/scratch.ts';
import { cancelledBy, checkAnswer, isRequest, within } from './answers.ts';
import { CANARY, checkCanaryLog } from './canary.ts';
import { Messages, type ToolSchema } from './messages.ts';
import { SEED } from './random.ts';
import type { Usage } from './server.ts';

type Address = Pick<Endpoint, 'socket' | 'path' | 'headers'>;

const REQUESTS = repeats(40_000, 1500);
/** The number of concurrent requests. */
const CLIENTS = 8;
/** The statuses that an invalid request may get. */
const REFUSALS = [400, 403, 404, 405, 406, 408, 409, 411, 413, 415, 431, 503];

// Promise: malformed-requests, client-limits
test(`over HTTP no input of clients crashes the server (seed ${SEED})`, async (t) => {
  const { server, address } = await startServer(t);
  const watcher = new RawClient(address);
  await watcher.initialize();
  const {
    messages: [list],
  } = await watcher.send({ body: watcher.message('tools/list') });
  const job = /id=(\S+)/.exec(await watcher.call('execute', { command: CANARY, name: 'canary' }))![1]!;
  const before = await watcher.call('status', { job_id: job });
  const tools = list!.result!.tools as ToolSchema[];
  const messages = new Messages(SEED, tools, job);
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  atEnd(t, () => agent.destroy());
  const clients = Array.from({ length: CLIENTS }, () => new RawClient(address, agent));
  await send(REQUESTS / 2, clients, messages);
  const halfway = await usage(server);
  await send(REQUESTS / 2, clients, messages);
  agent.destroy();
  await brokenClients(address, messages);
  const after = await settled(server, halfway);

  // The idle session of the watcher may have been closed.
  const last = new RawClient(address);
  await last.initialize();
  const pid = /pid=(\d+)/.exec(before)![1]!;
  assert.match(await last.call('status', { job_id: job }), new RegExp(`status=running pid=${pid} `));
  const log = await last.call('output', { job_id: job, max_bytes: 262_144 });
  checkCanaryLog(log.slice(log.indexOf('\n') + 1));
  assert.deepEqual(after.polluted, []);
  assert.ok(after.heap < halfway.heap * 1.5 + 16e6, `${halfway.heap} -> ${after.heap} bytes`);
  assert.equal(server.exitCode, null);
  t.diagnostic(`${REQUESTS} requests, ${Math.round(after.heap / 1e6)} MB of heap`);
});

async function startServer(t: TestContext): Promise<{ server: ChildProcess; address: Address }> {
  const server = fork(join(import.meta.dirname, 'server.ts'), [storageFolder(t)], {
    execArgv: ['--expose-gc'],
  });
  const ended = once(server, 'exit');
  atEnd(t, async () => {
    if (server.connected) server.disconnect();
    await ended;
  });
  return { server, address: (await told(server)) as Address };
}

async function usage(server: ChildProcess): Promise<Usage> {
  server.send('usage');
  return (await told(server)) as Usage;
}

/** Returns the next message of the process. @throws if it exits */
async function told(server: ChildProcess): Promise<unknown> {
  const end = once(server, 'exit').then(([code, signal]) =>
    Promise.reject(new Error(`it ended: ${code} ${signal}`)),
  );
  const [message] = (await Promise.race([once(server, 'message'), end])) as [unknown];
  return message;
}

/** Returns the usage once waiting calls, streams of disconnected clients and starting jobs have ended. */
async function settled(server: ChildProcess, before: Usage): Promise<Usage> {
  let now = await usage(server);
  await eventually(
    `there are ${before.descriptors} descriptors again`,
    async () => (now = await usage(server)).descriptors <= before.descriptors,
  );
  return now;
}

async function send(count: number, clients: readonly RawClient[], messages: Messages): Promise<void> {
  let left = count;
  await Promise.all(
    clients.map(async (client) => {
      while (left-- > 0) await step(client, messages);
    }),
  );
}

/** Sends one request of any kind. */
async function step(client: RawClient, messages: Messages): Promise<void> {
  const { random } = messages;
  const kind = random.next();
  if (client.session === undefined || kind < 0.05) {
    const { status } = await within(
      client.initialize(random.pick(['2025-11-25', '2025-03-26', 'x'])),
      () => 'initialize',
    );
    assert.equal(status, 200);
  } else if (kind < 0.15) {
    const { status } = await within(client.send({ body: messages.garbage() }), () => 'garbage');
    assert.ok([200, 202, ...REFUSALS].includes(status), String(status));
  } else if (kind < 0.2) {
    await oddHeaders(client, messages);
  } else if (kind < 0.23) {
    // Disconnects before the answer arrives.
    await client
      .send({ body: messages.message(), signal: AbortSignal.timeout(random.below(3)) })
      .catch(() => undefined);
  } else if (kind < 0.35) {
    await statelessStep(client, messages);
  } else {
    const isBatch = kind < 0.4;
    const all = isBatch
      ? Array.from({ length: random.below(8) }, () => messages.message())
      : [messages.message()];
    const body = JSON.stringify(isBatch ? all : all[0]);
    checkReply(await within(client.send({ body }), () => body), all, client);
  }
}

/** Sends a request of MCP 2026-07-28, mostly with the headers that it needs. */
async function statelessStep(client: RawClient, messages: Messages): Promise<void> {
  const { random } = messages;
  const body = messages.stateless();
  const encode = (value: unknown): string =>
    typeof value === 'string' ? `=?base64?${Buffer.from(value).toString('base64')}?=` : 'x';
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': /^[\w/]+$/.test(body.method) ? body.method : 'x',
    'mcp-name': encode(body.method === 'tools/call' ? body.params.name : body.params.uri),
    ...(random.chance(0.1) && {
      [random.pick(['mcp-protocol-version', 'mcp-method', 'mcp-name'])]: random.pick([
        '',
        'x',
        '=?base64??=',
      ]),
    }),
  };
  const { status, messages: answers } = await within(client.send({ headers, body }), () => body);
  assert.ok([200, 202, 400, 404].includes(status), String(status));
  for (const answer of answers) checkAnswer(answer, body);
  if (isRequest(body)) assert.equal(answers.at(-1)?.id, body.id, JSON.stringify(body));
}

/** Sends invalid headers, closes a session, or opens a stream and abandons it. */
async function oddHeaders(client: RawClient, { random }: Messages): Promise<void> {
  const odd = random.pick(['', 'x', '\t', '%', 'é', '9'.repeat(500), '*/*', 'text/event-stream']);
  const header = random.pick([
    'accept',
    'content-type',
    'mcp-session-id',
    'mcp-protocol-version',
    'origin',
    'host',
    'last-event-id',
  ]);
  const method = random.pick(['POST', 'GET', 'DELETE', 'PUT', 'OPTIONS', 'TRACE']);
  const signal = AbortSignal.timeout(method === 'GET' ? 5 : 10_000);
  const body = method === 'GET' || method === 'DELETE' ? undefined : client.message('ping');
  const reply = await client
    .send({ method, headers: { [header]: odd }, body, signal })
    .catch(() => undefined);
  if (method === 'DELETE' && reply?.status === 200) client.session = undefined;
  if (reply !== undefined) assert.ok([200, 202, ...REFUSALS].includes(reply.status), String(reply.status));
}

/** Asserts that every request is answered, or that all are refused as a whole. */
function checkReply({ status, messages, text }: RawReply, sent: readonly unknown[], client: RawClient): void {
  if (status === 404) client.session = undefined;
  if (REFUSALS.includes(status)) return;
  const all = (): string => `${status} ${JSON.stringify(sent)} -> ${text}`;
  assert.ok(status === 200 || status === 202, all());
  const cancelled = new Set(sent.flatMap((each) => cancelledBy(each)));
  for (const each of sent) {
    if (!isRequest(each)) continue;
    const answer = messages.find(({ id }) => id === each.id);
    if (answer !== undefined) checkAnswer(answer, each);
    // A batch can cancel its own calls.
    else assert.ok(cancelled.has(each.id), all());
  }
}

/** Opens clients that stop in the middle of a request, or close one half of the connection or both. */
async function brokenClients(address: Address, { random }: Messages): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  const request = `${postHead(address, { 'content-length': body.length })}\r\n${body}`;
  const ends = Array.from({ length: repeats(300, 40) }, async (_, at) => {
    const socket = connect({ path: address.socket, allowHalfOpen: true });
    socket.on('data', () => undefined);
    const closed = untilClosed(socket);
    socket.write(random.chance(0.2) ? random.bytes(500) : request.slice(0, random.below(request.length)));
    if (at % 3 === 0) socket.end();
    else if (at % 3 === 1) setImmediate(() => socket.destroy());
    // A slow client is disconnected, and then closes its half.
    socket.on('end', () => socket.end());
    await within(closed, () => `the end of connection ${at}`);
  });
  await Promise.all(ends);
}
