import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type McpSession, openSession, runnersOf } from '../support/mcp-session.ts';
import { eventually, untilGone } from './support/processes.ts';
import { assertRefused, listOf, run, SOON, startReady, statusOf } from './support/session.ts';

/** Kills the runner as the kernel does when memory is exhausted. @returns its pid */
function killRunner({ storage }: McpSession): number {
  const [runner] = runnersOf(storage);
  assert.ok(runner !== undefined);
  process.kill(runner, 'SIGKILL');
  return runner;
}

// Promise: runner-killed
test('a job whose runner was killed is lost: its processes are stopped, its log stays', async (t) => {
  const session = await openSession(t);
  const { id, pid, log } = await startReady(session, 'sleep 100 & echo $!; echo ready; wait', {
    name: 'gone',
  });
  const waiting = session.call('wait', { job_id: id, wait_s: SOON });
  await statusOf(session, id);
  const runner = killRunner(session);
  await waiting;
  await untilGone(runner, pid, Number(log.split('\n')[0]));
  const { status, exit_code, ended } = await statusOf(session, id);
  assert.equal(status, 'lost');
  assert.equal(exit_code, undefined);
  assert.match(ended ?? '', /^\d{4}-/);
  assert.equal((await session.call('output', { job_id: id })).log, log);
  assert.equal((await listOf(session, { status: 'lost' }))[0]?.id, id);
  assertRefused(await session.call('interact', { job_id: id, input: 'x' }), /lost/);
  assert.equal((await session.call('kill', { job_id: id })).facts.processes_ended, '0');
  const restarted = await session.call('restart', { job_id: 'gone' });
  assert.equal(restarted.facts.status, 'running');
  assert.equal(restarted.facts.previous, id);
});

for (const condition of [
  {},
  { regex: 'x' },
  { quiet_ms: 60_000 },
  { port: 1 },
  { until: 'output', cursor: 6 },
]) {
  test(`a wait ends with its lost job: ${JSON.stringify(condition)}`, async (t) => {
    const session = await openSession(t);
    const { id } = await startReady(session, 'echo ready; exec sleep 100');
    const waiting = session.call('wait', { job_id: id, ...condition, wait_s: SOON });
    await statusOf(session, id);
    killRunner(session);
    const { facts, text } = await waiting;
    assert.equal(facts.reason, 'exit', text);
    assert.equal(facts.status, 'lost');
  });
}

test('answers other calls, and starts new jobs', async (t) => {
  const session = await openSession(t);
  const { id } = await startReady(session, 'echo ready; exec sleep 100');
  killRunner(session);
  await eventually('it is lost', async () => (await listOf(session, { status: 'lost' })).length === 1);
  assert.equal((await session.call('output', { job_id: id })).log, 'ready\n');
  assert.equal((await run(session, 'echo new')).log, 'new\n');
});

test('starts a job at the moment the runner exits', async (t) => {
  const session = await openSession(t);
  await run(session, 'true');
  await untilGone(killRunner(session));
  assert.equal((await run(session, 'echo new')).log, 'new\n');
});
