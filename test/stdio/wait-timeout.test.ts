import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reply } from '../support/mcp-session.ts';
import { eventually } from './support/processes.ts';
import { run, shareSession, SOON, start, startReady, statusOf, untilExit } from './support/session.ts';

const session = await shareSession();

/**
 * Returns the call with which a reply says to keep waiting.
 *
 * @param notes how many notes there are, this one included
 */
function continuation({ facts, blocks }: Reply, notes = 1): Record<string, unknown> & { cursor: unknown } {
  assert.equal(facts.reason, 'timeout');
  assert.equal(blocks.length, 1 + notes);
  const json = /\bwait (\{.*\})/s.exec(blocks[notes] ?? '')?.[1];
  assert.ok(json, blocks[notes]);
  return JSON.parse(json) as Record<string, unknown> & { cursor: unknown };
}

test('the timeout of a wait stops no job', async () => {
  const id = await start(session, 'exec sleep 100');
  const { facts } = await session.call('wait', { job_id: id, wait_s: 0.1 });
  assert.equal(facts.reason, 'timeout');
  assert.equal((await statusOf(session, id)).status, 'running');
});

for (const condition of [{ port: 1 }, { regex: 'never' }, { until: 'input' }, { until: 'quiet' }]) {
  test(`a wait for ${JSON.stringify(condition)} of a finished job ends with its exit, however short it is`, async () => {
    const { facts } = await run(session, 'echo built; exit 3');
    const reply = await session.call('wait', { job_id: facts.id, ...condition, wait_s: 0 });
    assert.deepEqual([reply.facts.status, reply.facts.reason, reply.blocks.length], ['failed', 'exit', 1]);
  });
}

test('the reply names the call to continue with, which returns the next output', async () => {
  const { id } = await startReady(session, 'echo ready; read x; echo two; read x; exit 3');
  const first = await session.call('wait', { job_id: id, quiet_ms: 60_000, wait_s: 0.1 });
  assert.equal(first.log, 'ready\n');
  const next = continuation(first);
  assert.deepEqual(next, { job_ids: [id], until: 'quiet', quiet_ms: 60_000, cursors: [6] });
  const waiting = session.call('wait', next);
  await session.call('interact', { job_id: id, input: 'a\nb' });
  const { facts, log } = await waiting;
  assert.equal(facts.reason, 'exit');
  assert.equal(log, 'two\n');
});

test('the call to continue with has the same condition', async () => {
  const id = await start(session, 'exec sleep 100');
  for (const condition of [
    { until: 'exit' },
    { until: 'output' },
    { until: 'pattern', regex: 'a "b" \\d\\\\ é' },
    { until: 'port', port: 1 },
    { until: 'quiet', quiet_ms: 50_000 },
  ]) {
    const next = continuation(await session.call('wait', { job_id: id, ...condition, wait_s: 0.05 }));
    assert.deepEqual(next, { job_ids: [id], ...condition, cursors: [0] });
    const reply = await session.call('wait', { ...next, wait_s: 0.05 });
    assert.equal(reply.isError, false, reply.text);
  }
});

test('the call to continue with keeps the requested stream and size', async () => {
  const id = await start(session, 'exec sleep 100', { stderr: 'separate' });
  const wanted = { stream: 'stderr', max_bytes: 2000 };
  for (const condition of [{ until: 'exit' }, { until: 'pattern', regex: 'x' }]) {
    const reply = await session.call('wait', { job_id: id, ...condition, ...wanted, wait_s: 0.05 });
    const { stream, max_bytes } = continuation(reply);
    assert.deepEqual({ stream, max_bytes }, wanted);
  }
});

test('the call to continue with finds a line that was incomplete at the timeout', async () => {
  const { id } = await startReady(session, 'printf "It is ready"; read x; echo " now"; exec sleep 100');
  const condition = { until: 'pattern', regex: 'is ready now' };
  const first = await session.call('wait', { job_id: id, ...condition, wait_s: 0.1 });
  assert.equal(first.log, 'It is ready');
  const waiting = session.call('wait', { ...continuation(first), wait_s: SOON });
  await session.call('interact', { job_id: id, input: '' });
  const { facts } = await waiting;
  assert.equal(facts.reason, 'pattern');
  assert.equal(facts.match, 'It is ready now');
});

test('execute also names the call to continue with', async () => {
  const reply = await session.call('execute', { command: 'echo a; exec sleep 100', wait_s: 0.2 });
  const { id, next_cursor } = reply.facts;
  assert.deepEqual(continuation(reply), { job_ids: [id], until: 'exit', cursors: [Number(next_cursor)] });
});

test('the reply is about the first of several jobs to meet the condition', async () => {
  const names = ['slow', 'first', 'other'];
  for (const name of names) await start(session, 'read x; echo "$x from $$"; exec sleep 100', { name });
  const waiting = session.call('wait', { job_ids: names, regex: 'hello', wait_s: SOON });
  await session.call('interact', { job_id: 'first', input: 'hello' });
  const { facts, log } = await waiting;
  assert.equal(facts.name, 'first');
  assert.equal(facts.reason, 'pattern');
  assert.match(log, /^hello from \d+\n$/);
});

test('the call to continue with has a cursor for each of several jobs', async () => {
  const a = await startReady(session, 'echo ready a; read x; echo end; exec sleep 100');
  const b = await startReady(session, 'echo ready bb; read x; echo end; exec sleep 100');
  const condition = { until: 'pattern', regex: 'end' };
  const job_ids = [a.id, b.id];
  const first = await session.call('wait', { job_ids, ...condition, cursors: [0, 3], wait_s: 0.1 });
  const next = continuation(first);
  assert.deepEqual(next, { job_ids, ...condition, cursors: [8, 3] });
  const waiting = session.call('wait', next);
  await session.call('interact', { job_id: b.id, input: '' });
  const { facts, log } = await waiting;
  assert.equal(facts.id, b.id);
  assert.equal(log, 'dy bb\nend\n');
});

test('cursors of several jobs can be given by name, as in 0.1', async () => {
  await startReady(session, 'echo ready; exec sleep 100', { name: 'left' });
  await startReady(session, 'echo ready; exec sleep 100', { name: 'right' });
  const job_id = ['left', 'right'];
  const { facts } = await session.call('wait', {
    job_id,
    until: 'output',
    cursor: { left: 6 },
    wait_s: SOON,
  });
  assert.equal(facts.name, 'right');
});

test('cancelling a wait leaves the job running and the server working', async () => {
  const id = await start(session, 'read x; echo end');
  const cancel = new AbortController();
  const params = { name: 'wait', arguments: { job_id: id, wait_s: 50 } };
  const waiting = session.client.callTool(params, undefined, { signal: cancel.signal });
  await statusOf(session, id);
  cancel.abort(new Error('The person stopped it.'));
  await assert.rejects(waiting, /stopped it/);
  assert.equal((await statusOf(session, id)).status, 'running');
  await session.call('interact', { job_id: id, input: '' });
  assert.equal((await untilExit(session, id)).status, 'completed');
});

test('a long wait reports progress', async () => {
  const { id } = await startReady(session, 'echo ready 42%; exec sleep 100', { name: 'long' });
  const words: (string | undefined)[] = [];
  const began = performance.now();
  const params = { name: 'wait', arguments: { job_id: id, wait_s: 8 } };
  await session.client.callTool(params, undefined, {
    onprogress: ({ message, progress }) => words.push(`${progress} ${message ?? ''}`),
  });
  // Once in 5 s. On a busy machine, the answer may come later than after 8 s.
  const passed = Math.floor((performance.now() - began) / 5000);
  assert.ok(words.length >= 1 && words.length <= passed, words.join());
  assert.match(words[0] ?? '', /^1 long: running for \d+s.*ready 42%/);
});

test('the reply names a filter that holds back what is waited for', async () => {
  const id = await start(session, '{ echo ready; exec sleep 100; } | sed s/ready/READY/');
  // The shell may not have started sed yet.
  await eventually('the hint', async () => {
    const reply = await session.call('wait', { job_id: id, regex: 'READY', wait_s: 0.1 });
    assert.deepEqual(continuation(reply), { job_ids: [id], until: 'pattern', regex: 'READY', cursors: [0] });
    return /^The filter "sed s\/ready\/READY\/" .* use sed -u\. /.test(reply.blocks[1] ?? '');
  });
  await session.call('kill', { job_id: id });
});

test(
  'a filter that writes each line at once needs no hint',
  { skip: process.platform !== 'linux' },
  async () => {
    const id = await start(session, '{ echo ready; exec sleep 100; } | sed -u s/ready/READY/');
    const met = await session.call('wait', { job_id: id, regex: 'READY', wait_s: SOON });
    assert.equal(met.facts.reason, 'pattern');
    const { blocks } = await session.call('wait', { job_id: id, regex: 'more', wait_s: 0.1 });
    assert.match(blocks[1] ?? '', /^The condition is not met yet\./);
    await session.call('kill', { job_id: id });
  },
);

test('a search for a pattern in a long log continues where the timeout ended it, also after the job exited', async () => {
  // With a color in each line, which takes longer to search than plain text.
  const { facts } = await run(session, `seq -f '\x1b[32m%.0f\x1b[0m' 1 3000000`);
  const wait = { job_id: facts.id, regex: 'never', wait_s: 0.1 };
  // The other note says what the reply leaves out.
  const [first] = continuation(await session.call('wait', wait), 2).cursors as [number];
  assert.ok(first > 0);
  const next = await session.call('wait', { ...wait, cursors: [first] });
  const [second] = continuation(next, 2).cursors as [number];
  assert.ok(second > first);
  const tail = await session.call('tail', { job_id: facts.id, lines: 1 });
  const end = { cursors: [Number(tail.facts.next_cursor) - 100], wait_s: SOON };
  assert.equal((await session.call('wait', { ...wait, ...end })).facts.reason, 'exit');
});
