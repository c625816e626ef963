import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, shareSession, SOON, start, startReady } from './support/session.ts';

const session = await shareSession();
const GAP =
  /^\[(\d+) bytes are not shown here: output with cursor=(\d+) reads them\. The end of the log:\]\n/;

function bytes(blocks: readonly string[]): number {
  return blocks.reduce((sum, block) => sum + Buffer.byteLength(block), 0);
}

const ALL = Array.from({ length: 20_000 }, (_, at) => `${at + 1}\n`).join('');

test('a wait shows the beginning of long output with the cursor to continue from, and its end', async () => {
  const { blocks, facts, log } = await run(session, 'seq 1 20000');
  assert.equal(blocks.length, 2);
  assert.ok(bytes(blocks) <= 8000);
  const next = Number(facts.next_cursor);
  assert.equal(log, ALL.slice(0, next));
  assert.equal(Number(facts.left), ALL.length - next);
  const [words, hidden, cursor] = GAP.exec(blocks[1]!)!;
  assert.equal(Number(cursor), next);
  assert.equal(blocks[1]!.slice(words.length), ALL.slice(next + Number(hidden)));
  assert.ok(blocks[1]!.length > 3000);
});

test('the rest is read from next_cursor, each byte once', async () => {
  const first = await run(session, 'seq 1 20000');
  let text = first.log;
  for (let cursor = Number(first.facts.next_cursor); cursor < ALL.length;) {
    const { facts, log } = await session.call('output', { job_id: first.facts.id, cursor });
    text += log;
    cursor = Number(facts.next_cursor);
  }
  assert.equal(text === ALL, true);
});

test('output that fits comes in one block, and so does new output after a cursor', async () => {
  const { facts } = await run(session, 'seq 1 1000');
  const { blocks } = await session.call('wait', { job_id: facts.id });
  assert.equal(blocks.length, 1);
  const { id, facts: before } = await startReady(session, 'seq 1 5000; echo ready; read x; echo new', {
    regex: 'ready',
  });
  await session.call('interact', { job_id: id, input: '' });
  const end = Number(before.next_cursor) + Number(before.left);
  const reply = await session.call('wait', { job_id: id, cursor: end, wait_s: SOON });
  assert.deepEqual([reply.blocks.length, reply.log], [1, 'new\n']);
});

test('a wait that times out also shows the end, and stays within max_bytes', async () => {
  const job_id = await start(session, 'seq 1 20000; exec sleep 100', { name: 'prints-much' });
  await session.call('wait', { job_id, regex: '^20000$', wait_s: SOON });
  for (const max_bytes of [1000, 2000, 8000, 50_000]) {
    const { blocks, facts } = await session.call('wait', { job_id, wait_s: 0.1, max_bytes });
    assert.equal(facts.reason, 'timeout');
    assert.ok(bytes(blocks) <= max_bytes, `${bytes(blocks)} of ${max_bytes}`);
    assert.match(
      blocks.at(-1)!,
      new RegExp(`^The condition is not met yet.*"cursors":\\[${facts.next_cursor}\\]`),
    );
    if (max_bytes >= 2000) assert.match(blocks[1]!, /\n20000\n$/);
  }
});
