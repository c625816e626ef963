import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlive } from './support/processes.ts';
import { run, shareSession, SOON, start, startReady, statusOf } from './support/session.ts';

const session = await shareSession();

test('stops the job, and reports how it ended and its last lines', async () => {
  const { id, pid } = await startReady(session, 'seq 1 20; echo ready; exec sleep 100', { name: 'victim' });
  const { facts, log } = await session.call('kill', { job_id: 'victim' });
  assert.deepEqual(facts, {
    id,
    name: 'victim',
    status: 'killed',
    signal: 'SIGTERM',
    ended_by: 'agent',
    processes_ended: '1',
    survivors: '0',
  });
  assert.equal(isAlive(pid), false);
  assert.equal(log, '12\n13\n14\n15\n16\n17\n18\n19\n20\nready\n');
});

test('stops all processes: children, those that left the group, and those whose parent exited', async () => {
  const command = `sleep 100 & echo $!
    setsid sleep 100 & echo $!
    (sleep 100 & echo $!)
    setsid bash -c 'sleep 100 & echo $!'
    echo ready; wait`;
  const { id, pid, log } = await startReady(session, command);
  const pids = [pid, ...log.trim().split('\n').slice(0, -1).map(Number)];
  assert.equal(pids.length, 5);
  assert.deepEqual(
    pids.filter((each) => !isAlive(each)),
    [],
  );
  const { facts } = await session.call('kill', { job_id: id });
  assert.equal(facts.processes_ended, '5');
  assert.equal(facts.survivors, '0');
  assert.deepEqual(pids.filter(isAlive), []);
});

for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGKILL']) {
  test(`sends ${signal} on request`, async () => {
    // The signal must not hit the shell, since bash ignores SIGQUIT.
    const id = await start(session, 'exec cat');
    await session.call('interact', { job_id: id, input: 'ready' });
    await session.call('wait', { job_id: id, regex: 'ready', wait_s: SOON });
    const { facts } = await session.call('kill', { job_id: id, signal });
    assert.equal(facts.signal, signal);
    assert.equal(facts.status, 'killed');
  });
}

test('a job can clean up within the grace period, and its exit code is reported', async () => {
  const command = `trap 'echo cleaned; exit 3' TERM; echo ready; while :; do sleep 0.02; done`;
  const { id } = await startReady(session, command);
  const { facts, log } = await session.call('kill', { job_id: id, grace_s: 30 });
  assert.equal(facts.status, 'killed');
  assert.equal(facts.exit_code, '3');
  assert.equal(facts.ended_by, 'agent');
  assert.match(log, /^cleaned$/m);
});

test('kills processes that ignore the signal after the grace period', async () => {
  const { id } = await startReady(session, `trap '' TERM; echo ready; while :; do sleep 0.02; done`);
  const { facts } = await session.call('kill', { job_id: id, grace_s: 0.2 });
  assert.equal(facts.signal, 'SIGKILL');
  assert.equal(facts.survivors, '0');
});

test('stops a job that is suspended', async () => {
  const { id } = await startReady(session, 'echo ready; kill -STOP $$; exec sleep 100');
  const { facts } = await session.call('kill', { job_id: id, grace_s: 30 });
  assert.equal(facts.signal, 'SIGTERM');
});

test('stops a job that keeps forking', async () => {
  const command = `trap '' TERM; f() { sleep 0.05; f & }; f & f & echo ready; wait; sleep 100`;
  const { id } = await startReady(session, command);
  const { facts } = await session.call('kill', { job_id: id, grace_s: 0.1 });
  assert.equal(facts.survivors, '0');
  assert.equal((await statusOf(session, id)).left_behind, undefined);
});

test('a finished job stays unchanged', async () => {
  const { facts } = await run(session, 'exit 3');
  const killed = await session.call('kill', { job_id: facts.id });
  assert.equal(killed.isError, false);
  assert.equal(killed.facts.status, 'failed');
  assert.equal(killed.facts.exit_code, '3');
  assert.equal(killed.facts.processes_ended, '0');
});

test('two kills at the same time both report the end', async () => {
  const { id } = await startReady(session, `trap '' TERM; echo ready; while :; do sleep 0.02; done`);
  const kill = () => session.call('kill', { job_id: id, grace_s: 0.2 });
  for (const { facts } of await Promise.all([kill(), kill()])) {
    assert.equal(facts.status, 'killed');
    assert.equal(facts.survivors, '0');
  }
});

test('other jobs keep running', async () => {
  const other = await startReady(session, 'echo ready; exec sleep 100');
  const { id } = await startReady(session, 'echo ready; exec sleep 100');
  await session.call('kill', { job_id: id });
  assert.equal((await statusOf(session, other.id)).status, 'running');
  assert.equal(isAlive(other.pid), true);
});
