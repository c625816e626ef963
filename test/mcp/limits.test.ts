// Which resources of the endpoint a client can use, and for how long.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openTestEndpoint, postHead, untilClosed } from '../support/endpoint.ts';
import { untilPrinted } from '../support/jobs.ts';
import { eventually } from '../support/runner.ts';

// Promise: slow-clients, client-limits
test('disconnects slow requests, but not waiting calls and silent streams', async (t) => {
  // Long enough for the other requests on a busy machine.
  const { open, connect, endpoint, manager } = await openTestEndpoint(t, { headMs: 4000, requestMs: 5000 });
  const client = await open();
  const leaving = new AbortController();
  const stream = client.send({ method: 'GET', signal: leaving.signal });
  stream.catch(() => undefined);
  await client.call('execute', { command: 'echo ready; read line; echo "got $line"', name: 'prompt' });
  await untilPrinted(manager, 'prompt', 'ready');
  const waiting = client.call('wait', { job_id: 'prompt', regex: 'got' });

  const silent = connect();
  const slowHead = connect();
  slowHead.write(`POST ${endpoint.path} HTTP/1.1\r\nhost: loc`);
  const slowBody = connect();
  slowBody.write(`${postHead(endpoint, { 'content-length': 100 })}\r\n{"json`);
  const asking = connect();
  asking.write(postHead(endpoint, { 'content-length': 100 }));
  const ends = [silent, slowHead, slowBody, asking].map(async (socket) => {
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
    await once(socket, 'close');
    return /^HTTP\/1\.1 (\d+) /.exec(answer)?.[1];
  });
  assert.deepEqual(await Promise.all(ends), ['408', '408', '408', '408']);

  await manager.input.write('prompt', 'yes\n', false);
  assert.match(await waiting, /reason=pattern/);
  assert.equal(
    await Promise.race([stream.then(() => 'over'), client.call('list', {}).then(() => 'open')]),
    'open',
  );
  leaving.abort();
});

test('closes an idle connection', async (t) => {
  const { connect, endpoint } = await openTestEndpoint(t, { idleMs: 100 });
  const socket = connect();
  socket.write(`${postHead(endpoint, { 'content-length': 2 })}\r\n[]`);
  assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 400 /);
  await once(socket, 'close');
});

// Promise: slow-clients, client-limits
test('closes connections above the limit, and accepts new ones after one closes', async (t) => {
  const { connect, client } = await openTestEndpoint(t, { connections: 3 });
  const taken = [connect(), connect(), connect()];
  await Promise.all(taken.map((socket) => once(socket, 'connect')));
  await untilClosed(connect());
  // A client needs a connection for its next request while its last one closes.
  for (const socket of taken.slice(1)) socket.destroy();
  await eventually('there is room', async () => {
    const reply = await client()
      .initialize()
      .catch(() => undefined);
    return reply?.status === 200;
  });
});

// Promise: slow-clients, client-limits
test('refuses a new session while all have calls in progress, and opens it once one is idle', async (t) => {
  const { open, client, manager } = await openTestEndpoint(t, { sessions: 2 });
  const [first, second] = [await open(), await open()];
  await first.call('execute', { command: 'echo ready; read line', name: 'prompt' });
  await untilPrinted(manager, 'prompt', 'ready');
  const waiting = [first, second].map((each) => each.call('wait', { job_id: 'prompt', wait_s: 50 }));
  await eventually('both wait', async () => (await client().initialize()).status === 503);
  const { text } = await client().initialize();
  assert.match(text, /All sessions are busy. Try again in a minute./);
  await manager.input.write('prompt', '\n', false);
  for (const answer of await Promise.all(waiting)) assert.match(answer, /reason=exit/);
  await open();
});

test('closes idle sessions without an open stream first', async (t) => {
  const { open } = await openTestEndpoint(t, { sessions: 2 });
  const listening = await open();
  const stream = listening.send({ method: 'GET', signal: t.signal });
  stream.catch(() => undefined);
  // If another stream is refused, the first one is open.
  await eventually('it listens', () =>
    listening
      .send({ method: 'GET', signal: AbortSignal.timeout(5000) })
      .then(({ status }) => status === 409)
      .catch(() => false),
  );
  const left = await open();
  await left.call('list', {});
  await open();
  assert.match(await listening.call('list', {}), /running=0/);
  assert.equal((await left.send({ body: left.message('ping') })).status, 404);
});
