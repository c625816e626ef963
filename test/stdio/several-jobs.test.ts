import assert from 'node:assert/strict';
import { test } from 'node:test';
import { again } from '../support/again.ts';
import { openSession, parseFacts, type Reply } from '../support/mcp-session.ts';
import { eventually, isAlive } from './support/processes.ts';
import { assertRefused, listOf, run, shareSession, SOON, start, startReady } from './support/session.ts';

const session = await shareSession();

/** Returns the facts in the header of each block. */
function headers({ blocks }: Reply): Record<string, string>[] {
  return blocks.map((block) => ({ ...parseFacts(block.split('\n', 1)[0] ?? '') }));
}

/** Returns the arguments of the call that continues a wait. */
function continuation({ blocks }: Reply): Record<string, unknown> {
  const [, json = ''] = /To keep waiting: wait (\{.*\})$/.exec(blocks.at(-1) ?? '') ?? [];
  return JSON.parse(json) as Record<string, unknown>;
}

test('an error about one of several jobs names it', async () => {
  const known = await startReady(session, 'echo ready; exec cat', { name: 'known', regex: 'ready' });
  const unknown = await start(session, 'exec sleep 100', { name: 'un"known', stdin: 'closed' });
  const job_ids = [known.id, unknown];
  const label = `^Error: The wait for the job "un\\\\"known" \\(${unknown}\\) failed\\. `;
  for (const [args, words] of [
    [{ mode: 'all', until: 'ready' }, 'It is not known when this job is ready'],
    [{ until: 'ready', job_ids: [unknown, known.id] }, 'It is not known when this job is ready'],
    [{ until: 'output', cursors: [0, 5] }, 'The cursor 5 is beyond'],
    [{ until: 'input' }, 'A job with its stdin closed'],
  ] as const) {
    assertRefused(await session.call('wait', { job_ids, ...args }), new RegExp(label + words));
  }
  assertRefused(await session.call('wait', { job_id: unknown, until: 'ready' }), /^Error: It is not known/);
});

test('mode=all waits until each job has exited, and returns the output of each', async () => {
  const ids = [];
  for (const name of ['one', 'two', 'three']) ids.push(await start(session, `read x; echo "${name} $x"`));
  const waiting = session.call('wait', { job_ids: ids, mode: 'all', wait_s: SOON });
  for (const id of ids.toReversed()) await session.call('interact', { job_id: id, input: 'done' });
  const reply = await waiting;
  assert.deepEqual(
    headers(reply).map(({ id, reason, status }) => [id, reason, status]),
    ids.map((id) => [id, 'exit', 'completed']),
  );
  assert.deepEqual(
    reply.blocks.map((block) => block.split('\n')[1]),
    ['one done', 'two done', 'three done'],
  );
});

test('mode=all counts a job that exits as done, whatever the condition', async () => {
  const ready = await startReady(session, 'echo ready; exec sleep 100');
  const { facts } = await run(session, 'exit 3');
  const reply = await session.call('wait', { job_ids: [facts.id, ready.id], mode: 'all', regex: 'ready' });
  assert.deepEqual(
    headers(reply).map(({ reason }) => reason),
    ['exit', 'pattern'],
  );
});

test('after a timeout, mode=all names the call that waits for the remaining jobs', async () => {
  const done = await run(session, 'echo a');
  const slow = await startReady(session, 'echo ready; read x; echo late');
  const first = await session.call('wait', {
    job_ids: [done.facts.id, slow.id],
    mode: 'all',
    wait_s: 0.1,
  });
  assert.deepEqual(
    headers(first)
      .slice(0, 2)
      .map(({ reason }) => reason),
    ['exit', 'timeout'],
  );
  const next = continuation(first);
  assert.deepEqual(next, { job_ids: [slow.id], until: 'exit', cursors: [6] });
  const waiting = session.call('wait', { ...next, wait_s: SOON });
  await session.call('interact', { job_id: slow.id, input: '' });
  assert.equal((await waiting).log, 'late\n');
});

test('mode=all ends after wait_s if one job meets the condition at once and another does not', async () => {
  const met = await startReady(session, 'echo ready; exec cat');
  const late = await start(session, 'exec sleep 100');
  assert.equal((await session.call('wait', { job_ids: [met.id], until: 'input' })).facts.reason, 'input');
  for (const condition of [{ regex: 'ready' }, { until: 'output' }, { until: 'input' }])
    // The one look in this time may come too late on a busy machine.
    await again(async () => {
      // A wait waits up to 5 s longer for jobs that it has not looked at.
      const longer = session.call('wait', { job_ids: [late], wait_s: 4.5 });
      const both = session.call('wait', { job_ids: [met.id, late], mode: 'all', ...condition, wait_s: 0.1 });
      const first = await Promise.race([both, longer]);
      await longer;
      const reasons = headers(first).slice(0, 2);
      assert.deepEqual(
        reasons.map(({ id, reason }) => [id, reason]),
        [
          [met.id, Object.values(condition)[0] === 'ready' ? 'pattern' : Object.values(condition)[0]],
          [late, 'timeout'],
        ],
      );
    });
});

test('the replies about many jobs share the limit of one reply', async () => {
  const ids = [];
  for (let count = 0; count < 20; count++) ids.push((await run(session, 'seq 1 3000')).facts.id);
  const { blocks } = await session.call('wait', { job_ids: ids, mode: 'all' });
  assert.equal(blocks.length >= 20, true);
  const size = blocks.reduce((sum, block) => sum + Buffer.byteLength(block), 0);
  assert.equal(size <= 8000, true, String(size));
});

test('shows no output of jobs whose share of max_bytes is too small, and says how much is left', async () => {
  const ids = [];
  for (let count = 0; count < 20; count++) ids.push((await run(session, 'seq 1 3000')).facts.id);
  const reply = await session.call('wait', { job_ids: ids, mode: 'all', max_bytes: 1000 });
  assert.equal(reply.blocks.length, 20);
  for (const block of reply.blocks) assert.doesNotMatch(block, /\n/);
  for (const { cursor, next_cursor, left } of headers(reply))
    assert.deepEqual([cursor, next_cursor, left], ['0', '0', '13893']);
  const few = await session.call('wait', { job_ids: ids.slice(0, 3), mode: 'all', max_bytes: 1000 });
  assert.equal(Buffer.byteLength(few.blocks.join('')) <= 1000, true, few.text);
  const two = await session.call('wait', { job_ids: ids.slice(0, 2), mode: 'all', max_bytes: 1000 });
  assert.equal(Buffer.byteLength(two.blocks.join('')) <= 1000, true, two.text);
  assert.match(two.blocks[0] ?? '', /\n1\n2\n/);
});

test('after a timeout, jobs of which nothing was shown are read from the same cursors', async () => {
  const ids = [];
  for (let count = 0; count < 5; count++)
    ids.push((await startReady(session, 'seq 1 3000; echo ready; exec cat')).id);
  const call = { job_ids: ids, mode: 'all', max_bytes: 1000, wait_s: 0.1 };
  const next = continuation(await session.call('wait', call));
  assert.deepEqual(next.cursors, [0, 0, 0, 0, 0]);
});

test('a job that is named twice is waited for once', async () => {
  const { facts } = await run(session, 'echo a', { name: 'twice' });
  const { blocks } = await session.call('wait', { job_ids: ['twice', facts.id], mode: 'all' });
  assert.equal(blocks.length, 1);
});

test('kill stops several jobs, and reports each in a line', async () => {
  const a = await startReady(session, 'echo ready; exec sleep 100', { name: 'a' });
  const b = await startReady(session, 'sleep 100 & echo ready; wait', { name: 'b' });
  const { facts, log } = await session.call('kill', { job_ids: ['a', b.id] });
  assert.deepEqual(facts, { jobs: '2', processes_ended: '3', survivors: '0' });
  const lines = log.split('\n').map(parseFacts);
  assert.deepEqual(
    lines.map(({ id, status }) => [id, status]),
    [
      [a.id, 'killed'],
      [b.id, 'killed'],
    ],
  );
  assert.deepEqual([a.pid, b.pid].filter(isAlive), []);
});

test('kill stops nothing if one of several jobs is unknown', async () => {
  const { id, pid } = await startReady(session, 'echo ready; exec sleep 100');
  assertRefused(await session.call('kill', { job_ids: [id, 'nobody'] }), /"nobody"/);
  assert.equal(isAlive(pid), true);
});

test('kill refuses a call that names no jobs, or both forms', async () => {
  assertRefused(await session.call('kill', {}), /job_ids, or all=true/);
  const id = await start(session, 'exec sleep 100');
  assertRefused(await session.call('kill', { job_ids: [id], all: true }), /not both/);
});

test('kill all=true stops the jobs of this session and what they left behind, and no others', async (t) => {
  const mine = await openSession(t);
  const other = await openSession(t, { storage: mine.storage });
  const own = await startReady(mine, 'echo ready; exec sleep 100');
  const leaver = await run(mine, 'setsid sleep 100 > /dev/null 2>&1 & echo $!');
  const kept = await startReady(other, 'echo ready; exec sleep 100', { name: 'kept' });
  const { facts, log } = await mine.call('kill', { all: true });
  assert.deepEqual(facts, { jobs: '2', processes_ended: '2', survivors: '0' });
  assert.deepEqual(
    log
      .split('\n')
      .map((line) => parseFacts(line).id)
      .sort(),
    [own.id, leaver.facts.id].sort(),
  );
  assert.equal(isAlive(Number(leaver.log)), false);
  assert.equal(isAlive(kept.pid), true);
  assert.deepEqual((await mine.call('kill', { all: true })).facts.jobs, '0');
});

test('list shows who started each job', async (t) => {
  const mine = await openSession(t);
  const other = await openSession(t, { storage: mine.storage });
  await startReady(mine, 'echo ready; exec sleep 100', { name: 'own' });
  await startReady(other, 'echo ready; exec sleep 100', { name: 'foreign' });
  const owners = async () => (await listOf(mine)).map(({ name, owner, client }) => [name, owner, client]);
  // The runner tells the sessions of a job one after the other.
  await eventually('both are listed', async () => (await owners()).length === 2);
  assert.deepEqual((await owners()).sort(), [
    ['foreign', 'agent', 'test-client'],
    ['own', 'you', undefined],
  ]);
});

test('list shows ended jobs that left processes behind before other ended jobs, whatever the limit', async (t) => {
  const mine = await openSession(t);
  const leaver = await run(mine, 'setsid sleep 100 > /dev/null 2>&1 &', { name: 'leaver' });
  for (let count = 0; count < 3; count++) await run(mine, 'true');
  const { log, facts } = await mine.call('list', { limit: 1 });
  assert.equal(facts.left_behind, '1');
  const [first, ...others] = log.split('\n').map(parseFacts);
  assert.equal(first?.id, leaver.facts.id);
  assert.equal(first?.left_behind, '1');
  assert.deepEqual(others, []);
  await mine.call('kill', { job_ids: ['leaver'] });
});
