import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { connectOn } from '../../src/protocol/message-connection.ts';
import * as protocol from '../../src/protocol/messages.ts';
import { openSession } from '../support/mcp-session.ts';
import { eventually, isAlive, makeSpec, startJob, startRunner, untilEnded } from '../support/runner.ts';

// Promise: shared-storage
test('three clients start, read and kill each other’s jobs, and notice nothing when one of them is killed', async (t) => {
  const first = await openSession(t, { args: ['--keep-jobs'] });
  const { storage } = first;
  const second = await openSession(t, { storage, args: ['--keep-jobs'] });
  const third = await openSession(t, { storage, args: ['--keep-jobs'] });
  await first.call('execute', { command: 'echo from first; sleep 100', name: 'one' });
  await second.call('execute', { command: 'echo from second; sleep 100', name: 'two' });
  await third.call('execute', { command: 'echo from third; sleep 100', name: 'three', until: 'output' });

  const read = await third.call('wait', { job_id: 'one', until: 'output' });
  assert.equal(read.log, 'from first\n');
  const killed = await first.call('kill', { job_id: 'two' });
  assert.equal(killed.facts.status, 'killed', killed.text);
  const seen = await second.call('wait', { job_id: 'two' });
  assert.equal(seen.facts.ended_by, 'agent');

  process.kill(third.pid, 'SIGKILL');
  await eventually('the third server is gone', () => !isAlive(third.pid));
  const list = await first.call('list');
  assert.equal(list.facts.running, '2');
  assert.equal((await second.call('tail', { job_id: 'three' })).log, 'from third\n');
  assert.equal((await second.call('kill', { job_id: 'three' })).facts.survivors, '0');
  assert.equal((await first.call('kill', { job_id: 'one' })).facts.status, 'killed');
});

test('a call about a job that is being started waits for it', async (t) => {
  const session = await openSession(t);
  const [started, status, unknown] = await Promise.all([
    session.call('execute', { command: 'exec sleep 100', name: 'new' }),
    session.call('status', { job_id: 'new' }),
    session.call('status', { job_id: 'none' }),
  ]);
  assert.equal(status.facts.id, started.facts.id, status.text);
  assert.match(unknown.text, /^Error: There is no job "none"/);
});

// Promise: job-just-started
test('a call about a job that another client has just started finds it', async (t) => {
  const first = await openSession(t);
  const second = await openSession(t, { storage: first.storage });
  for (const [name, session] of Object.entries({ first, second }))
    await session.call('execute', { command: 'exec sleep 100', name });
  // It reads its input before what the runner reports, since that comes later.
  process.kill(second.pid, 'SIGSTOP');
  const asked = second.call('tail', { job_id: 'new' });
  const after = second.call('execute', { command: 'true', after: ['new'] });
  await first.call('execute', { command: 'exec sleep 100', name: 'new' });
  process.kill(second.pid, 'SIGCONT');
  assert.equal((await asked).isError, false, (await asked).text);
  assert.equal((await after).facts.waits_for, 'new', (await after).text);
});

test('all clients are notified when a job of one of them starts and ends', async (t) => {
  const runner = await startRunner(t);
  const [a, b] = [await runner.connect(), await runner.connect()];
  const spec = makeSpec('read line; exit 7');
  const [[begun]] = await Promise.all([
    once(b, 'changed') as Promise<[protocol.HelloResult['jobs'][number]]>,
    startJob(a, spec),
  ]);
  assert.equal(begun.id, spec.id);
  const ended = untilEnded(a, spec.id);
  assert.equal(await b.write({ id: spec.id, text: '\n', eof: false }), 'written');
  assert.equal((await ended).exitCode, 7);
});

// Promise: other-users
test('a client without the secret gets no answer', async (t) => {
  const runner = await startRunner(t);
  const address = await runner.address();
  const options = { keepAliveMs: 0, endJobsWithClient: false, maxRunning: 9, env: {} };
  await assert.rejects(RunnerLink.connect({ ...address, secret: 'guess' }, options), /secret/i);

  const socket = connect(address.socket);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  const connection = connectOn(socket);
  connection.listen();
  await assert.rejects(
    connection.sendRequest(protocol.start, { spec: makeSpec('true'), mayQueue: false }),
    /hello/,
  );
  await assert.rejects(
    connection.sendRequest(protocol.kill, { id: 'x', signal: 'SIGTERM', graceMs: 0, by: 'agent' }),
    /hello/,
  );
});

test('a client that is busy while the runner answers gets its answer', async (t) => {
  const runner = await startRunner(t);
  const options = { keepAliveMs: 0, endJobsWithClient: false, maxRunning: 9, env: {} };
  const address = await runner.address();
  const timeoutMs = 1000;
  const connecting = RunnerLink.connect(address, options, timeoutMs);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * timeoutMs);
  const link = await connecting;
  assert.equal(link.runner, address.runner);
  link.close();
});

test('of many concurrent starts by two clients, one gets the name, and the limit of running jobs holds', async (t) => {
  const runner = await startRunner(t);
  const links = [await runner.connect({ maxRunning: 3 }), await runner.connect({ maxRunning: 3 })];
  const start = (at: number, name?: string) => {
    const spec = makeSpec('sleep 100', name === undefined ? {} : { name });
    return links[at % 2]!.start({ spec, mayQueue: false });
  };
  const named = await Promise.all([0, 1, 2, 3].map((at) => start(at, 'server')));
  assert.deepEqual(named.map((result) => ('refused' in result ? result.refused : 'started')).sort(), [
    'name',
    'name',
    'name',
    'started',
  ]);
  const more = await Promise.all([0, 1, 2, 3].map((at) => start(at)));
  assert.equal(more.filter((result) => 'refused' in result && result.refused === 'limit').length, 2);
});
