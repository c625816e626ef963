import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, shareSession, SOON, start, statusOf } from './support/session.ts';

/** The smallest limit for a log. */
const KEPT = 64 * 1024;

const session = await shareSession(['--max-output-size', '64KB']);

test('keeps the end of a log that is too long, and reports what was dropped', async () => {
  const { facts } = await run(session, 'seq 1 40000');
  const size = 228_894;
  const first = await session.call('output', { job_id: facts.id, max_bytes: 262_144 });
  const dropped = Number(first.facts.dropped);
  assert.equal(dropped >= size - KEPT, true);
  assert.equal(Number(first.facts.cursor), dropped, 'it begins behind what was dropped');
  assert.equal(Number(first.facts.next_cursor), size);
  assert.equal(first.log.length, size - dropped);
  assert.match(first.log, /\n39999\n40000\n$/);
  assert.equal(first.log.length > KEPT / 2, true);
});

test('dropped counts from the given cursor', async () => {
  const { facts } = await run(session, 'seq 1 40000');
  const start = Number((await session.call('output', { job_id: facts.id })).facts.dropped);
  const { facts: page } = await session.call('output', { job_id: facts.id, cursor: 1000 });
  assert.equal(Number(page.dropped), start - 1000);
  const later = await session.call('output', { job_id: facts.id, cursor: start });
  assert.equal(later.facts.dropped, undefined);
});

test('the first line that is kept is marked as continued', async () => {
  const { facts } = await run(session, 'yes abcdefghij | head -n 20000');
  const { facts: page, log } = await session.call('output', { job_id: facts.id });
  const isWhole = Number(page.cursor) % 11 === 0;
  assert.equal(page.continued, isWhole ? undefined : 'true');
  assert.equal(log.startsWith('abcdefghij\n'), isWhole);
});

test('status shows how much of a log was dropped', async () => {
  const { facts } = await run(session, 'seq 1 40000');
  const { log_end, log_dropped } = await statusOf(session, facts.id ?? '');
  assert.equal(log_end, '228894');
  assert.equal(Number(log_dropped) > 0, true);
});

test('tail and search read what is kept, and report what was dropped', async () => {
  const { facts } = await run(
    session,
    'echo FIRST; yes 12345678901234567890 | head -n 10000; seq 39999 40000',
  );
  const tail = await session.call('tail', { job_id: facts.id, lines: 2 });
  assert.equal(tail.log, '39999\n40000\n');
  assert.equal(tail.facts.dropped, undefined);
  const dropped = Number((await session.call('output', { job_id: facts.id })).facts.dropped);
  assert.equal(dropped > 0, true);
  const search = await session.call('search', { job_id: facts.id, regex: '^(1|40000)$', context: 0 });
  assert.equal(search.facts.matches, '1');
  assert.match(search.log, /@\d+:40000$/);
  const first = await session.call('search', { job_id: facts.id, regex: 'FIRST' });
  assert.deepEqual([first.facts.matches, first.facts.dropped], ['0', String(dropped)]);
  const within = await session.call('search', { job_id: facts.id, regex: 'FIRST', cursor: 100 });
  assert.equal(within.facts.dropped, String(dropped - 100));
  const kept = await session.call('search', { job_id: facts.id, regex: 'FIRST', cursor: dropped });
  assert.equal(kept.facts.dropped, undefined);
});

test('a job that prints endlessly keeps running, and is stopped immediately', async () => {
  const id = await start(session, 'yes');
  await session.call('wait', { job_id: id, until: 'output', cursor: 0 });
  const { facts } = await session.call('kill', { job_id: id });
  assert.equal(facts.status, 'killed');
  assert.equal(facts.survivors, '0');
});

for (const tty of [false, true]) {
  // Promise: ready-log-full
  test(`a line that makes a job ready is seen although the log drops it at once, ${tty ? 'in a terminal' : 'with pipes'}`, async () => {
    const command = 'echo up; seq 1 200000; exec sleep 100';
    const { facts, text } = await session.call('execute', { command, tty, regex: '^up$', wait_s: SOON });
    assert.equal(facts.reason, 'pattern', text);
    assert.equal(facts.ready, undefined, text);
    const after = await run(session, 'echo next', { after: [facts.id] });
    assert.equal(after.log, 'next\n');
  });
}

test('a job that is never ready continues to print, and its log stays within the limit and one read', async () => {
  const id = await start(session, 'seq 1 200000; echo end; exec sleep 100', { regex: 'never', wait_s: 0 });
  const { facts } = await session.call('wait', { job_id: id, regex: '^end$', wait_s: SOON });
  assert.equal(facts.reason, 'pattern');
  const { log_end, log_dropped } = await statusOf(session, id);
  // The last read may still wait for its search.
  assert.equal(Number(log_end) - Number(log_dropped) <= KEPT + 64 * 1024, true);
});

test('a line that is longer than the log does not stop a job that is not ready', async () => {
  const id = await start(session, `yes | head -c 1000000 | tr -d '\\n'; echo; echo end; exec sleep 100`, {
    ...{ regex: '^end$', wait_s: 0 },
  });
  const { facts, text } = await session.call('wait', { job_id: id, until: 'ready', wait_s: SOON });
  assert.equal(facts.reason, 'ready', text);
});

test('a job whose output waits for a search can be killed', async () => {
  const id = await start(session, 'yes', { regex: 'never', wait_s: 0 });
  await session.call('wait', { job_id: id, until: 'output', cursor: 0 });
  const { facts } = await session.call('kill', { job_id: id });
  assert.deepEqual([facts.status, facts.survivors], ['killed', '0']);
});

test('a screen of which the log has dropped a part is reported as incomplete', async () => {
  const draws = String.raw`printf "\033[2J\033[HTOP"; for i in $(seq 1 8000); do printf "\033[3;1Hcount %d" $i; done`;
  const { facts } = await run(session, draws, { tty: true, size: '40x6' });
  const screen = await session.call('tail', { job_id: facts.id, view: 'screen' });
  assert.equal(screen.log.trimEnd(), '\n\ncount 8000');
  assert.equal(screen.facts.incomplete, 'true');
});
