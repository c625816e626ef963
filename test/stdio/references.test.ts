import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSession, runnersOf, storageFolder } from '../support/mcp-session.ts';
import { eventually } from './support/processes.ts';
import { assertRefused, run, shareSession, start, statusOf } from './support/session.ts';

const session = await shareSession();

test('a job is found by its id', async () => {
  const { facts } = await run(session, 'true');
  assert.equal((await statusOf(session, facts.id ?? '')).id, facts.id);
});

test('a job is found by 4 or more characters of its id, upper or lower case', async () => {
  const id = await start(session, 'exec sleep 100');
  for (const length of [8, 13, 35]) {
    assert.equal((await statusOf(session, id.slice(0, length))).id, id);
    assert.equal((await statusOf(session, id.slice(0, length).toUpperCase())).id, id);
  }
  assertRefused(await session.call('status', { job_id: id.slice(0, 3) }), /no job.*4/s);
});

test('a name means the running job, and the newest finished one when none runs', async () => {
  const first = await run(session, 'true', { name: 'web' });
  const running = await start(session, 'exec sleep 100', { name: 'web' });
  assert.notEqual(first.facts.id, running);
  assert.equal((await statusOf(session, 'web')).id, running);
  await session.call('kill', { job_id: 'web' });
  assert.equal((await statusOf(session, 'web')).id, running);
  const newest = await run(session, 'false', { name: 'web' });
  assert.equal((await statusOf(session, 'web')).id, newest.facts.id);
});

test('names are case-sensitive, and a part of a name does not match', async () => {
  await run(session, 'true', { name: 'Server' });
  for (const job_id of ['server', 'Serv']) {
    assertRefused(await session.call('status', { job_id }), new RegExp(`no job "${job_id}"`));
  }
});

test('a name takes precedence over the first characters of an id', async () => {
  const { facts } = await run(session, 'true');
  const name = facts.id?.slice(0, 8) ?? '';
  const named = await run(session, 'false', { name });
  assert.equal((await statusOf(session, name)).id, named.facts.id);
});

test('every tool finds jobs by name', async () => {
  const job_id = 'everywhere';
  const id = await start(session, 'cat', { name: job_id });
  const calls: readonly (readonly [string, object])[] = [
    ['output', {}],
    ['tail', {}],
    ['search', { regex: 'x' }],
    ['status', {}],
    ['wait', { wait_s: 0.05 }],
    ['interact', { input: 'x' }],
    ['kill', {}],
  ];
  for (const [tool, args] of calls) {
    assert.equal((await session.call(tool, { job_id, ...args })).facts.id, id, tool);
  }
  assert.equal((await session.call('restart', { job_id })).facts.previous, id);
});

test('an error about an unknown job names the existing ones', async (t) => {
  const other = await openSession(t);
  assertRefused(await other.call('status', { job_id: 'nope' }), /no job "nope"/);
  const { facts } = await run(other, 'true', { name: 'here' });
  assertRefused(
    await other.call('status', { job_id: 'nope' }),
    new RegExp(`no job "nope".*${facts.id ?? ''}.*"here".*completed`, 's'),
  );
  for (let number = 0; number < 6; number++) await run(other, 'true');
  assertRefused(await other.call('status', { job_id: 'nope' }), /and 2 more/);
});

test('an error about an ambiguous id prefix names the matching jobs', async (t) => {
  const storage = storageFolder(t);
  const first = await openSession(t, { storage });
  const { facts } = await run(first, 'true');
  const id = facts.id ?? '';
  await first.close();
  // Ids are random, so a second one with the same beginning is added to the history by hand.
  await eventually('the runner ends', () => runnersOf(storage).length === 0);
  const journal = join(storage, 'journal.base.jsonl');
  const line = readFileSync(journal, 'utf8').trim().split('\n').at(-1) ?? '';
  const twin = `${id.slice(0, -4)}${id.endsWith('0000') ? '1111' : '0000'}`;
  appendFileSync(journal, `\n${line.replaceAll(id, twin)}\n`);
  const second = await openSession(t, { storage });
  const reply = await second.call('status', { job_id: id.slice(0, 8) });
  assertRefused(reply, new RegExp(`2 jobs.*(${id}|${twin}).*(${id}|${twin}).*more`, 's'));
  assert.equal((await statusOf(second, id)).id, id);
  assert.equal((await statusOf(second, twin)).id, twin);
});
