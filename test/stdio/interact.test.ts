import assert from 'node:assert/strict';
import { test } from 'node:test';
import { again } from '../support/again.ts';
import {
  assertRefused,
  run,
  shareSession,
  SOON,
  start,
  startReady,
  statusOf,
  untilExit,
} from './support/session.ts';

const session = await shareSession();

/** Defines a test of a reply with the answer of a job. `interact` waits 2 s for that, which a busy machine may exceed. */
function testAnswer(name: string, body: () => Promise<void>): void {
  test(name, () => again(body));
}

testAnswer('answers a prompt, and returns what the job then printed', async () => {
  const { id } = await startReady(session, 'printf "ready? "; read x; echo "hello $x"; exec sleep 100');
  const { facts, log } = await session.call('interact', { job_id: id, input: 'Ada' });
  assert.equal(log, 'hello Ada\n');
  assert.equal(facts.id, id);
  assert.equal(facts.status, 'running');
  assert.equal(facts.cursor, '7');
  assert.equal(facts.next_cursor, '17');
  assert.equal(facts.left, '0');
});

testAnswer('reports how the job ended if the answer ends it', async () => {
  const id = await start(session, 'read x; exit $x');
  const { facts } = await session.call('interact', { job_id: id, input: '5' });
  assert.equal(facts.status, 'failed');
  assert.equal(facts.exit_code, '5');
});

testAnswer('talks to a REPL line by line', async () => {
  const { id } = await startReady(session, `${JSON.stringify(process.execPath)} -i; true`, { regex: '> ' });
  const ask = async (input: string) => (await session.call('interact', { job_id: id, input })).log;
  assert.match(await ask('const x = 6'), /undefined/);
  assert.match(await ask('x * 7'), /^42$/m);
  const { facts } = await session.call('interact', { job_id: id, input: '.exit' });
  assert.equal(facts.status, 'completed');
});

test('newline adds a line end to input without one', async () => {
  const id = await start(session, 'cat');
  await session.call('interact', { job_id: id, input: 'a' });
  await session.call('interact', { job_id: id, input: 'b\n' });
  await session.call('interact', { job_id: id, input: 'c', newline: false });
  await session.call('interact', { job_id: id, input: '' });
  await session.call('interact', { job_id: id, eof: true });
  await untilExit(session, id);
  assert.equal((await session.call('output', { job_id: id, view: 'raw' })).log, 'a\nb\nc\n');
});

testAnswer('eof closes stdin after the input', async () => {
  const id = await start(session, 'sort');
  const { log } = await session.call('interact', { job_id: id, input: 'b\na', eof: true });
  assert.equal(log, 'a\nb\n');
  assert.equal((await untilExit(session, id)).status, 'completed');
});

testAnswer('ctrl-d closes stdin', async () => {
  const id = await start(session, 'cat; echo end');
  const { log } = await session.call('interact', { job_id: id, keys: ['ctrl-d'] });
  assert.equal(log, 'end\n');
  assert.equal((await untilExit(session, id)).status, 'completed');
});

testAnswer('ctrl-c interrupts the job with all processes of its group', async () => {
  const { id } = await startReady(session, 'echo ready; sleep 100; sleep 100');
  const { facts } = await session.call('interact', { job_id: id, keys: ['ctrl-c'] });
  assert.equal(facts.status, 'killed');
  assert.equal(facts.signal, 'SIGINT');
  assert.equal(facts.ended_by, 'agent');
});

testAnswer('a job can continue after ctrl-c', async () => {
  const { id } = await startReady(session, `trap 'echo caught' INT; echo ready; while :; do read x; done`);
  const { facts, log } = await session.call('interact', { job_id: id, keys: ['ctrl-c'] });
  assert.equal(log, 'caught\n');
  assert.equal(facts.status, 'running');
  await session.call('kill', { job_id: id });
});

test('returns even if the job prints nothing', async () => {
  const { id } = await startReady(session, 'echo ready; exec sleep 100');
  const { facts, log, isError } = await session.call('interact', { job_id: id, input: 'x' });
  assert.equal(isError, false);
  assert.equal(facts.status, 'running');
  assert.equal(log, '');
});

testAnswer('input arrives unchanged, byte by byte', async () => {
  const input = `é 漢 😀 "quoted" \\ \t${'0123456789'.repeat(6000)}`;
  const id = await start(session, 'cat | wc -c; exit 9');
  const { log } = await session.call('interact', { job_id: id, input, newline: false, eof: true });
  assert.equal(log.trim(), String(Buffer.byteLength(input)));
  assert.equal((await untilExit(session, id)).exit_code, '9');
});

test('input may have 64 KiB without its Enter, and no more', async () => {
  const id = await start(session, 'wc -c');
  const input = 'é'.repeat(32_768);
  await session.call('interact', { job_id: id, input });
  await session.call('interact', { job_id: id, keys: ['ctrl-d'] });
  await untilExit(session, id);
  assert.equal((await session.call('output', { job_id: id })).log.trim(), '65537');
  const other = await start(session, 'exec cat');
  assertRefused(
    await session.call('interact', { job_id: other, input: `${input}x` }),
    /longer than 65536 bytes\. Split it\./,
  );
});

test('input arrives in the order in which it was sent', async () => {
  const id = await start(session, 'cat');
  const numbers = Array.from({ length: 20 }, (_, at) => String(at));
  await Promise.all(numbers.map((input) => session.call('interact', { job_id: id, input })));
  await session.call('interact', { job_id: id, eof: true });
  await untilExit(session, id);
  assert.equal((await session.call('output', { job_id: id })).log, numbers.join('\n') + '\n');
});

// Promise: unread-input
test('a slow job reads a large input', async () => {
  const id = await start(session, 'read first; cat | wc -c');
  const input = 'x'.repeat(60_000);
  const calls = [...Array(10).keys()].map(() =>
    session.call('interact', { job_id: id, input, newline: false }),
  );
  assert.deepEqual(
    (await Promise.all(calls)).map(({ isError }) => isError),
    Array(10).fill(false),
  );
  const { text } = await session.call('interact', { job_id: id, input: '\nabc', newline: false, eof: true });
  await session.call('wait', { job_id: id, wait_s: SOON });
  assert.equal((await session.call('output', { job_id: id })).log.trim(), '3', text);
});

test('reports a job that does not read its input once more than 1 MiB is pending', async () => {
  const { id } = await startReady(session, 'echo ready; exec sleep 100');
  const input = 'x'.repeat(65_536);
  const calls = [...Array(20).keys()].map(() =>
    session.call('interact', { job_id: id, input, newline: false }),
  );
  const refused = (await Promise.all(calls)).filter(({ isError }) => isError);
  assert.equal(refused.length >= 1 && refused.length <= 4, true, String(refused.length));
  for (const { text } of refused) assert.match(text, /^Error: .*does not read.*1 MiB.*kill/s);
  assert.equal((await statusOf(session, id)).status, 'running');
  assert.equal((await run(session, 'echo others go on')).log, 'others go on\n');
});

testAnswer('without a terminal, keys press Enter and end the input', async () => {
  const id = await start(session, 'cat; echo end');
  await session.call('interact', { job_id: id, input: 'a', keys: ['enter', 'enter', 'ctrl-d'] });
  await untilExit(session, id);
  assert.equal((await session.call('output', { job_id: id })).log, 'a\n\nend\n');
  const other = await start(session, 'cat');
  assert.equal((await session.call('interact', { job_id: other, input: 'a', keys: ['ctrl-d'] })).log, 'a');
  assertRefused(await session.call('interact', { job_id: other, keys: ['ctrl-d', 'enter'] }), /last key/);
});

test('refuses ctrl-c together with eof, and sends neither', async () => {
  const id = await start(session, 'exec cat');
  assertRefused(await session.call('interact', { job_id: id, keys: ['ctrl-c'], eof: true }), /Send it alone/);
  assert.equal((await statusOf(session, id)).status, 'running');
});

test('refuses ask_user if there is no user to ask', async () => {
  const id = await start(session, 'read x');
  const ask = (more = {}) => session.call('interact', { job_id: id, ask_user: 'The password', ...more });
  assertRefused(await ask(), /no window to ask the user in/);
  assertRefused(await ask({ input: 'x' }), /no window to ask the user in/);
});
