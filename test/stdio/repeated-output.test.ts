import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepare, run, shareSession, SOON } from './support/session.ts';

const session = await shareSession();
/** A poller: 5,000 identical lines between two others. */
const COMMAND = `echo begin; yes 'waiting for the server' | head -5000; echo end`;
const FOLDED = 'begin\nwaiting for the server\n[repeated 4,999 more times]\nend\n';
const SIZE = 6 + 23 * 5000 + 4;
const { facts } = await prepare(session, () => run(session, COMMAND));
const job_id = facts.id;

test('execute and wait fold repeated lines, and reach the end of the log', async () => {
  const executed = await run(session, COMMAND);
  const waited = await session.call('wait', { job_id, wait_s: SOON });
  for (const { blocks, log, facts } of [executed, waited]) {
    assert.equal(blocks.length, 1);
    assert.equal(log, FOLDED);
    assert.deepEqual([facts.next_cursor, facts.left], [String(SIZE), '0']);
  }
});

test('output folds repeated lines, and its cursors stay exact', async () => {
  const page = await session.call('output', { job_id });
  assert.equal(page.log, FOLDED);
  assert.deepEqual([page.facts.cursor, page.facts.next_cursor, page.facts.left], ['0', String(SIZE), '0']);
  const rest = await session.call('output', { job_id, cursor: SIZE - 4 - 23 });
  assert.equal(rest.log, 'waiting for the server\nend\n');
});

test('tail folds repeated lines, and counts those it stands for', async () => {
  const { log, facts } = await session.call('tail', { job_id, lines: 101 });
  assert.equal(log, 'waiting for the server\n[repeated 99 more times]\nend\n');
  assert.equal(facts.lines, '101');
});

test('format=raw shows each line', async () => {
  const { log } = await session.call('output', { job_id, view: 'raw', max_bytes: 262_144 });
  assert.equal(log, `begin\n${'waiting for the server\n'.repeat(5000)}end\n`);
});

test('a line that fits into a page is not cut because folding made room for a part of it', async () => {
  const line = (character: string, length: number) =>
    `head -c ${length} /dev/zero | tr '\\0' ${character}; echo`;
  const command = `for i in $(seq 10); do ${line('a', 49)}; done; ${line('b', 599)}; seq -w 1000 1019`;
  const { facts } = await run(session, command);
  const first = await session.call('output', { job_id: facts.id, max_bytes: 1000 });
  assert.equal(first.log, `${'a'.repeat(49)}\n[repeated 9 more times]\n`);
  assert.equal(first.facts.next_cursor, '500');
  const second = await session.call('output', { job_id: facts.id, max_bytes: 1000, cursor: 500 });
  assert.ok(second.log.startsWith(`${'b'.repeat(599)}\n`));
});
