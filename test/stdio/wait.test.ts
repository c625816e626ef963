import assert from 'node:assert/strict';
import { test } from 'node:test';
import { again } from '../support/again.ts';
import { run, shareSession, SOON, start, startReady } from './support/session.ts';

const session = await shareSession();
const wait = (job_id: string, args: Record<string, unknown> = {}) =>
  session.call('wait', { job_id, wait_s: SOON, ...args });

/** Prints a line for each line that is sent. */
const ECHO = 'while read x; do echo "$x"; done';

test('until=exit, the default, returns the output from the cursor when the job exits', async () => {
  const id = await start(session, 'echo one; read x; echo two; exit 4');
  const waiting = wait(id, { cursor: 0 });
  await session.call('interact', { job_id: id, input: '' });
  const { facts, log } = await waiting;
  assert.equal(facts.id, id);
  assert.equal(facts.reason, 'exit');
  assert.equal(facts.status, 'failed');
  assert.equal(facts.exit_code, '4');
  assert.equal(log, 'one\ntwo\n');
  assert.equal((await wait(id, { cursor: 4 })).log, 'two\n');
});

test('returns immediately for a finished job', async () => {
  const { facts } = await run(session, 'echo a');
  for (const until of ['exit', 'quiet']) {
    const reply = await wait(facts.id ?? '', { until });
    assert.equal(reply.facts.reason, 'exit', until);
    assert.equal(reply.log, 'a\n');
  }
});

test('the exit of the job ends every wait', async () => {
  for (const condition of [{ regex: 'never' }, { port: 1 }, { quiet_ms: 60_000 }, { until: 'output' }]) {
    const id = await start(session, 'read x');
    const waiting = wait(id, condition);
    await session.call('interact', { job_id: id, eof: true });
    const { facts } = await waiting;
    assert.equal(facts.reason, 'exit', JSON.stringify(condition));
    assert.equal(facts.status, 'failed');
  }
});

test('finds a pattern that was printed before the call', async () => {
  const { id } = await startReady(session, 'echo zero; echo "Server ready on 80"; exec sleep 100');
  const { facts, log } = await wait(id, { until: 'pattern', regex: 'ready on (\\d+)' });
  assert.equal(facts.reason, 'pattern');
  assert.equal(facts.match, 'Server ready on 80');
  assert.equal(facts.match_cursor, '5');
  assert.equal(log, 'zero\nServer ready on 80\n');
  assert.equal((await session.call('output', { job_id: id, cursor: 5 })).log, 'Server ready on 80\n');
});

test('finds a pattern that is printed after the call', async () => {
  const id = await start(session, ECHO);
  const waiting = wait(id, { regex: '^thr' });
  await session.call('interact', { job_id: id, input: 'one\ntwo\nthree' });
  const { facts } = await waiting;
  assert.equal(facts.reason, 'pattern');
  assert.equal(facts.match, 'three');
});

test('a pattern does not match before the cursor', async () => {
  const { id, facts } = await startReady(session, `echo ready; ${ECHO}`);
  const waiting = wait(id, { regex: 'ready', cursor: Number(facts.next_cursor) });
  await session.call('interact', { job_id: id, input: 'ready 2' });
  assert.equal((await waiting).facts.match, 'ready 2');
});

test('a pattern matches a prompt without a line end', async () => {
  const { facts, log } = await session.call('execute', {
    command: 'printf "Password: "; read x; echo "got $x"',
    until: 'pattern',
    regex: 'Password: $',
    wait_s: SOON,
  });
  assert.equal(facts.reason, 'pattern');
  assert.equal(facts.partial, 'true');
  assert.equal(log, 'Password: ');
});

test('a pattern is matched against a line as shown: without colors, and with its final text', async () => {
  const command = `printf '\\033[31mre\\033[1mady\\033[0m\\n10%%\\r20%%\\rdone   \\n'; exec sleep 100`;
  assert.equal((await startReady(session, command)).facts.match, 'ready');
  const { facts } = await session.call('execute', { command, regex: '^done', wait_s: SOON });
  assert.equal(facts.reason, 'pattern');
});

test('a pattern is matched against the requested stream only', async () => {
  const { id } = await startReady(session, 'echo ready; read x; echo ready >&2; exec sleep 100', {
    stderr: 'separate',
  });
  const waiting = wait(id, { regex: 'ready', stream: 'stderr' });
  await session.call('interact', { job_id: id, input: '' });
  const { facts, log } = await waiting;
  assert.equal(facts.reason, 'pattern');
  assert.equal(facts.match_cursor, '6');
  assert.equal(log, 'ready\n');
});

test('a pattern does not match across lines', async () => {
  const { id } = await startReady(session, 'echo a; echo ready; exec sleep 100');
  assert.equal((await wait(id, { regex: 'a\\nready', wait_s: 0.1 })).facts.reason, 'timeout');
});

test('until=output returns as soon as there is output after the cursor', async () => {
  const { id, facts } = await startReady(session, `echo ready; ${ECHO}`);
  assert.equal((await wait(id, { until: 'output' })).log, 'ready\n');
  const waiting = wait(id, { until: 'output', cursor: Number(facts.next_cursor) });
  await session.call('interact', { job_id: id, input: 'more' });
  const reply = await waiting;
  assert.equal(reply.facts.reason, 'output');
  assert.match(reply.log, /^m/);
});

test('until=quiet returns after a time without output', async () => {
  const { id } = await startReady(session, `echo ready; ${ECHO}`);
  const { facts, log } = await wait(id, { until: 'quiet', quiet_ms: 200 });
  assert.equal(facts.reason, 'quiet');
  assert.equal(facts.status, 'running');
  assert.equal(log, 'ready\n');
});

test('until=quiet without quiet_ms has a default', async () => {
  const id = await start(session, 'exec sleep 100');
  assert.equal((await wait(id, { until: 'quiet' })).facts.reason, 'quiet');
});

test('until=quiet keeps waiting while there is output', async () => {
  const id = await start(session, 'while sleep 0.02; do echo x; done');
  // On a busy machine the job may get no processor for that long.
  await again(async () => {
    assert.equal((await wait(id, { quiet_ms: 1500, wait_s: 2 })).facts.reason, 'timeout');
  });
  await session.call('kill', { job_id: id });
});

test('max_bytes limits the output, and next_cursor is where it continues', async () => {
  const { facts, log, text } = await run(session, 'seq 1 2000');
  assert.equal(Buffer.byteLength(text) <= 8000, true);
  assert.match(log, /^1\n2\n/);
  assert.equal(Number(facts.next_cursor) + Number(facts.left), 8893);
  const reply = await wait(facts.id ?? '', { max_bytes: 1000, cursor: Number(facts.next_cursor) });
  assert.equal(Buffer.byteLength(reply.text) <= 1000, true);
  assert.equal(Number(reply.facts.cursor), Number(facts.next_cursor));
});

test('max_bytes limits all blocks of the reply, whatever its name, match and condition', async () => {
  const name = '😀'.repeat(32);
  const command = 'yes "$(printf "é%.0s" $(seq 100))" | head -n 100; echo ready; exec sleep 100';
  await startReady(session, command, { name });
  for (const args of [{ regex: 'é+' }, { regex: 'x'.repeat(1000), wait_s: 0.3 }]) {
    const { blocks } = await wait(name, args);
    const size = blocks.reduce((sum, block) => sum + Buffer.byteLength(block), 0);
    assert.equal(size <= 8000, true, `${size} bytes for ${args.regex.slice(0, 10)}`);
  }
});

test('until=output and until=quiet look at the requested stream only', async () => {
  const both = 'while read x; do case $x in o*) echo "$x";; *) echo "$x" >&2;; esac; done';
  const { id } = await startReady(session, `echo ready; ${both}`, { stderr: 'separate' });
  const waiting = wait(id, { until: 'output', stream: 'stderr', cursor: 0 });
  await session.call('interact', { job_id: id, input: 'out' });
  await session.call('interact', { job_id: id, input: 'error' });
  const { facts, log } = await waiting;
  assert.equal(facts.reason, 'output');
  assert.equal(log, 'error\n');
  const busy = 'while :; do echo busy; sleep 0.02; done';
  const noisy = await startReady(session, `echo ready; ${busy}`, { stderr: 'separate' });
  const quiet = await wait(noisy.id, { until: 'quiet', quiet_ms: 300, stream: 'stderr', max_bytes: 1000 });
  assert.equal(quiet.facts.reason, 'quiet');
});
