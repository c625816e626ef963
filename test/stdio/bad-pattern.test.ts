import assert from 'node:assert/strict';
import { test } from 'node:test';
import { again } from '../support/again.ts';
import { assertRefused, listOf, run, shareSession, SOON, startReady, statusOf } from './support/session.ts';

/** Takes forever on a line of many a's. */
const ENDLESS = '(a+)+$b';
const LINE = `printf 'a%.0s' $(seq 200); echo`;

const session = await shareSession();

// Promise: bounded-patterns
test('a search with a pattern that takes forever ends with an error, and blocks no other call', async () => {
  // On a busy machine the other calls may take longer than it is allowed to.
  await again(searchForever);
});

async function searchForever(): Promise<void> {
  const { facts } = await run(session, LINE);
  // Starts two of the workers, so that the other search need not wait for its own.
  const first = (): Promise<unknown> => session.call('search', { job_id: facts.id, regex: 'aaa' });
  await Promise.all([first(), first()]);
  const order: string[] = [];
  const searching = session.call('search', { job_id: facts.id, regex: ENDLESS }).then((reply) => {
    order.push('endless');
    return reply;
  });
  assert.equal((await session.call('search', { job_id: facts.id, regex: 'aaa' })).facts.matches, '1');
  assert.equal((await run(session, 'echo meanwhile')).log, 'meanwhile\n');
  order.push('others');
  assertRefused(await searching, /pattern.*too long/);
  assert.deepEqual(order, ['others', 'endless']);
  assert.equal((await session.call('search', { job_id: facts.id, regex: 'a$' })).facts.matches, '1');
}

test('a wait with such a pattern ends with an error, and its job keeps running', async () => {
  const { id } = await startReady(session, `${LINE}; echo ready; exec sleep 100`);
  const reply = await session.call('wait', { job_id: id, regex: ENDLESS, wait_s: SOON });
  assertRefused(reply, /pattern.*too long/);
  assert.equal((await statusOf(session, id)).status, 'running');
});

test('many such searches at once block no other call', async () => {
  const { facts } = await run(session, LINE);
  const endless = () => session.call('search', { job_id: facts.id, regex: ENDLESS });
  const searching = Promise.all([endless(), endless(), endless(), endless(), endless()]);
  assert.equal((await run(session, 'echo meanwhile')).log, 'meanwhile\n');
  for (const reply of await searching) assertRefused(reply, /pattern.*too long/);
});

test('execute with such a pattern names the job that it started', async () => {
  const command = `${LINE}; exec sleep 100`;
  const { text } = await session.call('execute', { command, regex: ENDLESS, wait_s: SOON });
  const [job] = await listOf(session);
  assert.equal(job?.status, 'running');
  assert.match(text, /too long/);
  assert.match(text, new RegExp(job.id ?? ''));
});
