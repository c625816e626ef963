import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSession } from '../support/mcp-session.ts';
import { answerOf, run, shareSession, startReady } from './support/session.ts';

const session = await shareSession();

test('shows the last 50 lines, or as many as requested', async () => {
  const { facts } = await run(session, 'seq 1 100', { name: 'hundred' });
  const all = await session.call('tail', { job_id: 'hundred' });
  assert.equal(all.log, Array.from({ length: 50 }, (_, at) => `${at + 51}\n`).join(''));
  assert.equal(all.facts.lines, '50');
  assert.equal(all.facts.id, facts.id);
  assert.equal(all.facts.status, 'completed');
  assert.equal(all.facts.exit_code, '0');
  const two = await session.call('tail', { job_id: 'hundred', lines: 2 });
  assert.equal(two.log, '99\n100\n');
  assert.equal(two.facts.lines, '2');
});

test('shows the whole log if it has fewer lines', async () => {
  const { facts } = await run(session, 'echo a; echo b');
  const reply = await session.call('tail', { job_id: facts.id, lines: 1000 });
  assert.equal(reply.log, 'a\nb\n');
  assert.equal(reply.facts.lines, '2');
  assert.equal(reply.facts.cursor, '0');
});

test('shows nothing for a job that printed nothing', async () => {
  const { facts } = await run(session, 'true');
  const reply = await session.call('tail', { job_id: facts.id });
  assert.equal(reply.log, '');
  assert.equal(reply.facts.lines, '0');
  assert.equal(reply.facts.next_cursor, '0');
});

test('next_cursor is where new output begins', async () => {
  const { id } = await startReady(session, 'seq 1 100; echo ready; read x; echo more; exec sleep 100');
  const { facts } = await session.call('tail', { job_id: id, lines: 3 });
  assert.equal(facts.left, '0');
  await answerOf(session, id, '');
  const reply = await session.call('output', { job_id: id, cursor: Number(facts.next_cursor) });
  assert.equal(reply.log, 'more\n');
});

test('cursor is where the shown lines begin', async () => {
  const { facts } = await run(session, 'seq 1 100');
  const tail = await session.call('tail', { job_id: facts.id, lines: 5 });
  const output = await session.call('output', { job_id: facts.id, cursor: Number(tail.facts.cursor) });
  assert.equal(output.log, tail.log);
});

test('an unfinished last line counts, and is marked as partial', async () => {
  const { id } = await startReady(session, 'echo one; echo two; printf "ready? "; read x');
  const reply = await session.call('tail', { job_id: id, lines: 2 });
  assert.equal(reply.log, 'two\nready? ');
  assert.equal(reply.facts.partial, 'true');
});

test('stream limits the reply to one stream', async () => {
  const { facts } = await run(session, 'echo e1 >&2; seq 1 20; echo e2 >&2', { stderr: 'separate' });
  const stderr = await session.call('tail', { job_id: facts.id, stream: 'stderr', lines: 5 });
  assert.equal(stderr.log, 'e1\ne2\n');
  const stdout = await session.call('tail', { job_id: facts.id, stream: 'stdout', lines: 2 });
  assert.equal(stdout.log, '19\n20\n');
});

test('max_bytes limits the reply to the last lines', async () => {
  const { facts } = await run(session, 'seq 1 3000');
  const { text, log } = await session.call('tail', { job_id: facts.id, lines: 1000, max_bytes: 1000 });
  assert.equal(Buffer.byteLength(text) <= 1000, true);
  assert.match(log, /\n2999\n3000\n$/);
  assert.equal(log.length > 400, true);
});

test('shows the end of a last line longer than max_bytes', async () => {
  const { facts } = await run(session, `printf '%020000d' 7`);
  const { text, log } = await session.call('tail', { job_id: facts.id, max_bytes: 1000 });
  assert.equal(Buffer.byteLength(text) <= 1000, true);
  assert.match(log, /^\[the line is cut here: it has 20000 bytes, and begins at cursor 0\]\n0+7$/);
});

test('says that a line begins earlier than it was looked at', async () => {
  const { facts } = await run(session, "echo head; head -c 3000000 /dev/zero | tr '\\0' b; echo");
  const { log } = await session.call('tail', { job_id: facts.id });
  assert.match(
    log,
    /^\[the line is cut here: it has more than 2\d{6} bytes, and begins before cursor 90\d{4}\]\nb+\n$/,
  );
});

test('says that the beginning of a line is no longer kept', async (t) => {
  const small = await openSession(t, { args: ['--max-output-size', '1MB'] });
  const { facts } = await run(small, "head -c 4000000 /dev/zero | tr '\\0' b; echo");
  const { log } = await small.call('tail', { job_id: facts.id });
  const [, from] =
    /^\[the line is cut here: it has more than \d+ bytes, and is kept from cursor (\d+)\]\nb+\n$/.exec(log) ??
    [];
  const { facts: output } = await small.call('output', { job_id: facts.id });
  assert.equal(from, output.cursor, log);
});

test('shows progress bars and colors as a terminal would', async () => {
  const { facts } = await run(session, `printf '10%%\\r\\033[K99%%\\r\\033[K\\033[32mdone\\033[0m\\n'`);
  assert.equal((await session.call('tail', { job_id: facts.id })).log, 'done\n');
});

test('the cursor of a line that is cut is that of the first byte shown', async () => {
  const command = "seq -w 0 4999; for i in $(seq 1000 3249); do printf %s $i; done; printf '\\r\\n'";
  const { facts } = await run(session, command);
  const { facts: tail, log } = await session.call('tail', { job_id: facts.id });
  const [mark = '', shown = ''] = log.split('\n');
  assert.equal(mark, '[the line is cut here: it has 9001 bytes, and begins at cursor 25000]');
  assert.equal(tail.continued, 'true');
  assert.equal(Number(tail.cursor), 25_000 + 9000 - shown.length);
  const output = await session.call('output', { job_id: facts.id, cursor: Number(tail.cursor) });
  assert.deepEqual([output.log, output.facts.continued], [`${shown}\n`, 'true']);
});

test('a line that is cut and contains escape sequences is reported from its beginning', async () => {
  const command = "echo first; head -c 9000 /dev/zero | tr '\\0' x; printf '\\033[0m\\n'";
  const { facts } = await run(session, command);
  const { facts: tail, log } = await session.call('tail', { job_id: facts.id });
  assert.match(log, /^\[the line is cut here: it has 9004 bytes, and begins at cursor 6\]\nx+\n$/);
  assert.deepEqual([tail.cursor, tail.continued], ['6', undefined]);
});
