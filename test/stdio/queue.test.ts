import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { openSession, storageFolder } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';
import { untilGone } from './support/processes.ts';
import { assertRefused, listOf, SOON, start, statusOf } from './support/session.ts';

const ARGS = ['--max-concurrent-jobs', '2'];

test('jobs above the limit are queued with their position and what runs, and start in order', async (t) => {
  const session = await openSession(t, { args: ARGS });
  const first = await start(session, 'read line', { name: 'one' });
  const second = await start(session, 'read line');
  const third = await session.call('execute', { command: 'read line; echo third', name: 'three' });
  assert.deepEqual(
    [third.facts.status, third.facts.queue_position, third.facts.pid],
    ['queued', '1', undefined],
  );
  assert.equal(
    third.log,
    `[2 jobs run, which is the limit (maxConcurrentJobs): ${second}, "one". It starts when one of them ends.]`,
  );
  const fourth = await session.call('execute', { command: 'read line', wait_s: 0.1 });
  assert.deepEqual(
    [fourth.facts.status, fourth.facts.reason, fourth.facts.queue_position],
    ['queued', 'timeout', '2'],
  );
  assert.match(
    fourth.blocks.at(-1) ?? '',
    /1 other job starts before it\.\] The condition is not met yet\. To keep waiting: wait/,
  );
  const list = await session.call('list');
  assert.match(list.text, /^running=2 queued=2 finished=0\n/);
  assert.deepEqual(
    (await listOf(session)).map(({ status, queue_position }) => [status, queue_position]),
    [
      ['running', undefined],
      ['running', undefined],
      ['queued', '1'],
      ['queued', '2'],
    ],
  );
  await session.call('interact', { job_id: first, input: 'go' });
  await session.call('wait', { job_id: first, wait_s: SOON });
  await session.call('wait', { job_id: 'three', until: 'input', wait_s: SOON });
  const status = await statusOf(session, fourth.facts.id ?? '');
  assert.deepEqual([status.status, status.queue_position], ['queued', '1']);
  assert.match(status.queued_for ?? '', /^\d/);
  await session.call('kill', { job_id: fourth.facts.id });
  assert.match((await session.call('list')).text, /^running=2 finished=2\n/);
});

test('a wait goes through the queue, the start and the end of a job', async (t) => {
  const session = await openSession(t, { args: ['--max-concurrent-jobs', '1'] });
  const first = await start(session, 'read line');
  const waiting = session.call('execute', {
    command: 'echo ready; read line; exit 3',
    pattern: 'ready',
    wait_s: SOON,
  });
  await session.call('interact', { job_id: first, input: 'go' });
  const { facts, log } = await waiting;
  assert.deepEqual([facts.reason, facts.status, log], ['pattern', 'running', 'ready\n']);
  assert.match(facts.pid ?? '', /^\d+$/);
  assert.equal(facts.pid, (await statusOf(session, facts.id ?? '')).pid);
  const ended = session.call('wait', { job_id: facts.id, wait_s: SOON });
  await session.call('interact', { job_id: facts.id, input: 'go' });
  assert.equal((await ended).facts.exit_code, '3');
});

test('the reply to a restart that waits through the queue has the pid', async (t) => {
  const session = await openSession(t, { args: ['--max-concurrent-jobs', '1'] });
  const { facts: old } = await session.call('execute', { command: 'echo done', wait_s: SOON });
  const first = await start(session, 'read line');
  const waiting = session.call('restart', { job_id: old.id, wait_s: SOON });
  await eventually('it is queued', async () => (await listOf(session, { status: 'queued' })).length > 0);
  await session.call('interact', { job_id: first, input: 'go' });
  const { facts, text } = await waiting;
  assert.deepEqual([facts.reason, facts.status, facts.previous], ['exit', 'completed', old.id], text);
  assert.match(facts.pid ?? '', /^\d+$/);
});

// Promise: mbj-max-jobs
test('jobs above MCP_BG_MAX_JOBS are refused, as by the tools of other servers', async (t) => {
  const limited = await openSession(t, { env: { MCP_BG_MAX_JOBS: '1' } });
  await start(limited, 'exec sleep 100');
  assertRefused(await limited.call('execute', { command: 'true' }), /limit \(maxConcurrentJobs\) is 1/);
  const session = await openSession(t, { args: ['--max-concurrent-jobs', '1'] });
  await start(session, 'exec sleep 100');
  assertRefused(
    await session.call('execute_command', { command: 'true' }),
    /limit \(maxConcurrentJobs\) is 1/,
  );
  assertRefused(
    await session.call('run-background-task', { name: 'x', shell: 'true' }),
    /limit \(maxConcurrentJobs\) is 1/,
  );
});

test('a queued job that could not start says when it was requested', async (t) => {
  const session = await openSession(t, { args: ['--max-concurrent-jobs', '1'] });
  const gate = await start(session, 'read line');
  const cwd = scratchFolder(t);
  const id = await start(session, 'true', { cwd });
  const [queued] = await listOf(session, { status: 'queued' });
  rmSync(cwd, { recursive: true });
  await session.call('interact', { job_id: gate, input: 'go' });
  await session.call('wait', { job_id: id, wait_s: SOON });
  const { status, requested, error } = await statusOf(session, id);
  assert.equal(status, 'failed');
  assert.match(error ?? '', /does not exist/);
  assert.ok(queued?.queued_at !== undefined);
  assert.equal(requested, queued.queued_at);
});

test('the error about the name of a queued job says that the job is queued', async (t) => {
  const session = await openSession(t, { args: ['--max-concurrent-jobs', '1'] });
  await start(session, 'read line');
  await start(session, 'echo one', { name: 'one' });
  const refused = await session.call('execute', { command: 'echo two', name: 'one' });
  assertRefused(refused, /The name "one" belongs to a queued job/);
});

// Promise: queue-host-killed
test('queued jobs start after the server was killed, and the next one finds them', async (t) => {
  const args = ['--max-concurrent-jobs', '1', '--keep-jobs'];
  const storage = storageFolder(t);
  const first = await openSession(t, { storage, args });
  const gate = await start(first, 'read line', { name: 'gate' });
  await start(first, 'echo second; exec sleep 100', { name: 'second' });
  await start(first, 'echo third', { name: 'third', after: ['second'] });
  process.kill(first.pid, 'SIGKILL');
  await untilGone(first.pid);
  const next = await openSession(t, { storage, args });
  assert.deepEqual(
    (await listOf(next)).map(({ name, status, waits_for }) => [name, status, waits_for]),
    [
      ['gate', 'running', undefined],
      ['second', 'queued', undefined],
      ['third', 'queued', 'second'],
    ],
  );
  await next.call('interact', { job_id: gate, input: 'go' });
  const { facts } = await next.call('wait', { job_id: 'second', pattern: 'second', timeout_s: SOON });
  assert.equal(facts.reason, 'pattern');
  for (const name of ['third', 'second']) await next.call('kill', { job_id: name });
});
