import assert from 'node:assert/strict';
import { test } from 'node:test';
import { again } from '../support/again.ts';
import { assertRefused, shareSession, SOON, start, startReady } from './support/session.ts';

const session = await shareSession();
const LINUX_ONLY = { skip: process.platform === 'linux' ? false : 'only Linux tells what is unread' };

for (const [where, options] of [
  ['a pipe', {}],
  ['a terminal', { tty: true }],
] as const) {
  test(`says that input is written to ${where} and not read yet`, LINUX_ONLY, async () => {
    // A reply waits only so long for what the runner finds.
    await again(async () => {
      const id = await start(session, 'exec sleep 100', options);
      const { blocks, facts } = await session.call('interact', { job_id: id, input: 'hello' });
      assert.equal(facts.status, 'running');
      const note = '[The input is written, but the job has not read it yet: 6 bytes are waiting.]';
      assert.equal(blocks[1], note);
    });
  });

  test(`says nothing about input in ${where} that was read, also without an answer`, async () => {
    // A terminal echoes it at once. On a busy machine the job may read it only later.
    await again(async () => {
      const { id } = await startReady(session, 'echo ready; read x; sleep 100', options);
      const { blocks } = await session.call('interact', { job_id: id, input: 'hello' });
      assert.equal(blocks.length, 1, blocks[1]);
    });
  });
}

test('counts input once of which a pipe has taken only a part', LINUX_ONLY, async () => {
  // A reply waits only so long for what the runner finds.
  await again(async () => {
    const id = await start(session, 'exec sleep 100');
    let total = 0;
    // A pipe takes all of the first input, a part of the second and nothing of the third.
    for (const length of [60_000, 65_536, 10_000]) {
      total += length + 1;
      const { blocks } = await session.call('interact', { job_id: id, input: 'y'.repeat(length) });
      assert.ok(blocks[1]?.endsWith(`yet: ${total} bytes are waiting.]`), blocks[1]);
    }
  });
});

test('says that only a part of the input was read', LINUX_ONLY, async () => {
  // The reply comes after 2 s, in which a busy machine may not start the program.
  await again(async () => {
    const { id } = await startReady(session, 'echo ready; head -c 3 >/dev/null; sleep 100');
    const { blocks } = await session.call('interact', { job_id: id, input: 'abc', newline: true });
    assert.equal(
      blocks[1],
      '[The input is written, but the job has not read all of it yet: 1 byte is waiting.]',
    );
  });
});

test('says that the input was ended before', async () => {
  const { id } = await startReady(session, 'echo ready; cat; echo end; exec sleep 100');
  await session.call('interact', { job_id: id, keys: ['ctrl-d'] });
  await session.call('wait', { job_id: id, regex: 'end', wait_s: SOON });
  assertRefused(
    await session.call('interact', { job_id: id, input: 'more' }),
    /was ended before, with ctrl-d, or the job has closed it\. Restart the job to send it input again\.$/,
  );
  const closed = await start(session, 'exec sleep 100', { stdin: 'closed' });
  assertRefused(
    await session.call('interact', { job_id: closed, input: 'more' }),
    /Start it again with stdin "open" to send it input\.$/,
  );
});
