import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession } from '../support/mcp-session.ts';
import { listOf, run, start } from './support/session.ts';

test('reports that there are no jobs', async (t) => {
  const session = await openSession(t);
  const { facts, log } = await session.call('list');
  assert.deepEqual(facts, { running: '0', finished: '0' });
  assert.equal(log, '');
});

test('shows one line per job, running ones first, then newest first', async (t) => {
  const session = await openSession(t);
  await start(session, 'exec sleep 100', { name: 'long' });
  const done = await run(session, 'echo a', { name: 'done' });
  await run(session, 'exit 2');
  await start(session, 'exec sleep 101');
  const { facts } = await session.call('list');
  assert.deepEqual(facts, { running: '2', finished: '2' });
  const jobs = await listOf(session);
  assert.deepEqual(
    jobs.map(({ status, command, name, exit_code }) => [status, command, name, exit_code]),
    [
      ['running', 'exec sleep 101', undefined, undefined],
      ['running', 'exec sleep 100', 'long', undefined],
      ['failed', 'exit 2', undefined, '2'],
      ['completed', 'echo a', 'done', '0'],
    ],
  );
  const last = jobs.at(-1);
  assert.equal(last?.id, done.facts.id);
  assert.match(last?.started ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.match(last?.ran ?? '', /^\d+(ms|s)$/);
});

test('shows only jobs with the requested status', async (t) => {
  const session = await openSession(t);
  await start(session, 'exec sleep 100');
  await run(session, 'true');
  await run(session, 'false');
  await run(session, 'kill $$');
  for (const status of ['running', 'completed', 'failed', 'killed']) {
    const jobs = await listOf(session, { status });
    assert.deepEqual(
      jobs.map((job) => job.status),
      [status],
    );
  }
  assert.deepEqual(await listOf(session, { status: 'lost' }), []);
});

test('the counts of all jobs are the same whatever status is requested', async (t) => {
  const session = await openSession(t, { args: ['--max-concurrent-jobs', '2'] });
  const none = await session.call('list', { status: 'failed' });
  assert.deepEqual(none.facts, { running: '0', finished: '0', failed: '0' });
  await run(session, 'true');
  await run(session, 'false');
  await run(session, 'exit 2');
  for (let at = 0; at < 3; at++) await start(session, 'exec sleep 100');
  const all = { running: '2', queued: '1', finished: '3' };
  assert.deepEqual((await session.call('list')).facts, all);
  const more = { completed: '1', failed: '2', killed: '0', lost: '0' };
  for (const status of ['running', 'queued'])
    assert.deepEqual((await session.call('list', { status })).facts, all, status);
  for (const [status, count] of Object.entries(more))
    assert.deepEqual((await session.call('list', { status })).facts, { ...all, [status]: count }, status);
  const limited = await session.call('list', { status: 'failed', limit: 1 });
  assert.deepEqual(limited.facts, { ...all, failed: '2', not_shown: '1' });
});

test('limit applies to finished jobs, and the reply counts those that are not shown', async (t) => {
  const session = await openSession(t);
  await start(session, 'exec sleep 100');
  for (let number = 1; number <= 25; number++) await run(session, `echo ${number}`);
  const limited = await session.call('list', { limit: 2 });
  assert.deepEqual(limited.facts, { running: '1', finished: '25', not_shown: '23' });
  assert.equal(limited.log.split('\n').length, 3);
  assert.match(limited.log, /echo 25.*echo 24/s);
  const byDefault = await session.call('list');
  assert.equal(byDefault.facts.not_shown, '5');
  const all = await session.call('list', { limit: 25 });
  assert.equal(all.facts.not_shown, undefined);
});

test('shows the lines and blanks of a command as they are, and shortens it', async (t) => {
  const session = await openSession(t);
  await run(session, `echo a\n\techo "b"\n# ${'x'.repeat(300)}`);
  const [job] = await listOf(session);
  assert.match(job?.command ?? '', /^echo a\n\techo "b"\n# x+…$/);
  assert.equal(job?.command?.length, 120);
});

test('stays within 8,000 bytes with long names and commands, and counts jobs that are not shown', async (t) => {
  const session = await openSession(t, { args: ['--max-concurrent-jobs', '50'] });
  const long = `: ${'x'.repeat(200)}; exec sleep 100`;
  for (let at = 10; at < 46; at++) await start(session, long, { name: `${'n'.repeat(60)}${at}` });
  const { text, facts } = await session.call('list', { limit: 100 });
  assert.ok(Buffer.byteLength(text) <= 8000, String(Buffer.byteLength(text)));
  assert.equal(facts.running, '36');
  assert.equal(Number(facts.not_shown) + text.split('\n').length - 1, 36);
});
