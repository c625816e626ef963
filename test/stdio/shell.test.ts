import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSession } from '../support/mcp-session.ts';
import { scratchFolder } from '../support/scratch.ts';
import { eventually, isAlive, untilGone } from './support/processes.ts';
import {
  answerOf,
  assertRefused,
  run,
  shareSession,
  SOON,
  start,
  startReady,
  statusOf,
  untilExit,
} from './support/session.ts';

const session = await shareSession(['--shell', '/bin/bash']);

const COMMANDS: readonly (readonly [title: string, command: string, log: string])[] = [
  ['pipes', 'printf "b\\na\\n" | sort | tr a-z A-Z', 'A\nB\n'],
  ['&& and ||', 'true && echo yes || echo no; false && echo yes || echo no', 'yes\nno\n'],
  ['quotes and backslashes', `echo 'a "b" $c' "d 'e' \\$f" g\\ h`, `a "b" $c d 'e' $f g h\n`],
  ['substitution and arithmetic', 'x=$(echo 4); echo $((x * 2)) `echo old`', '8 old\n'],
  ['here-documents', 'x=1; cat <<EOF\na $x\n  b\nEOF\necho c', 'a 1\n  b\nc\n'],
  ['here-documents without substitution', "cat <<'EOF'\na $x\nEOF", 'a $x\n'],
  ['loops over several lines', 'for i in 1 2\ndo\n  echo $i\ndone', '1\n2\n'],
  ['functions', 'f() { echo "f $1"; }; f x', 'f x\n'],
  ['redirection to and from files', 'cd "$(mktemp -d)" && echo a > f && cat < f && rm -r "$PWD"', 'a\n'],
  ['process substitution of bash', 'cat <(echo a) <(echo b)', 'a\nb\n'],
  ['characters of any language', 'echo "äöü 漢字 😀"', 'äöü 漢字 😀\n'],
  ['/dev/stdout', 'echo x > /dev/stdout', 'x\n'],
  ['/dev/stderr', 'echo x > /dev/stderr', 'x\n'],
  ['/dev/fd/2', 'echo x > /dev/fd/2', 'x\n'],
  ['tee /dev/stderr', 'echo x | tee /dev/stderr', 'x\nx\n'],
];

for (const [title, command, log] of COMMANDS) {
  test(`the shell does ${title}`, async () => {
    const reply = await run(session, command);
    assert.equal(reply.log, log);
    assert.equal(reply.facts.status, 'completed');
  });
}

test('the shell does globs', async (t) => {
  const cwd = scratchFolder(t);
  for (const name of ['a.txt', 'b.txt', 'c.md']) writeFileSync(join(cwd, name), '');
  const { log } = await run(session, 'echo *.txt; echo no-*', { cwd });
  assert.equal(log, 'a.txt b.txt\nno-*\n');
});

test('programs that look up what a terminal can do work, also if the client has no TERM', async (t) => {
  const other = await openSession(t, { env: { TERM: '' } });
  const { facts, log } = await run(
    other,
    'clear && red=$(tput setaf 1) && off=$(tput sgr0) && echo "${red}ok$off"',
  );
  assert.equal(facts.status, 'completed');
  assert.equal(log, 'ok\n');
});

test('output to /dev/stdout and /dev/stderr belongs to its stream', async () => {
  const { facts } = await run(session, 'echo o > /dev/stdout; echo e > /dev/stderr', { stderr: 'separate' });
  const read = (stream: string) => session.call('output', { job_id: facts.id, stream });
  assert.equal((await read('stdout')).log, 'o\n');
  assert.equal((await read('stderr')).log, 'e\n');
});

test('/dev/stdin reads the input', async () => {
  const id = await start(session, 'cat /dev/stdin');
  assert.equal(await answerOf(session, id, 'hello'), 'hello\n');
  await session.call('interact', { job_id: id, eof: true });
  assert.equal((await untilExit(session, id)).exit_code, '0');
});

// Promise: reopened-devices
test('/dev/stdin reads input that was sent before it was opened, and the end of file', async () => {
  const id = await start(session, 'read go; sleep 0.3; cat /dev/stdin');
  await session.call('interact', { job_id: id, input: 'go\nhello', eof: true });
  await untilExit(session, id);
  assert.equal((await session.call('output', { job_id: id })).log, 'hello\n');
});

test('stdin can be redirected from /dev/null', async () => {
  assert.equal((await run(session, 'cat < /dev/null; echo end')).log, 'end\n');
});

test('keeps the exact order of stdout and stderr', async () => {
  const count = 300;
  const command = `for i in $(seq ${count}); do echo o$i; echo e$i >&2; done`;
  const { facts, log } = await run(session, command);
  const lines = Array.from({ length: count }, (_, at) => `o${at + 1}\ne${at + 1}\n`);
  assert.equal(log, lines.join(''));
  assert.equal((await session.call('output', { job_id: facts.id, stream: 'stdout' })).log, lines.join(''));
  assert.equal((await statusOf(session, facts.id ?? '')).stderr, 'merged');
});

test('shows the answer to a prompt on stderr after the prompt', async () => {
  const { id } = await startReady(session, 'printf "ready? " >&2; read x; echo "got $x"; echo end >&2');
  await session.call('interact', { job_id: id, input: 'it' });
  const { log } = await session.call('wait', { job_id: id, wait_s: SOON });
  assert.equal(log, 'ready? got it\nend\n');
});

for (const tool of ['output', 'tail', 'search', 'wait']) {
  test(`${tool} explains how to read stderr alone`, async () => {
    const { facts } = await run(session, 'echo out; echo err >&2');
    const args = { job_id: facts.id, stream: 'stderr', ...(tool === 'search' && { regex: 'err' }) };
    assertRefused(await session.call(tool, args), /stream="both".*stderr="separate"/);
    const separate = await run(session, 'echo out; echo err >&2', { stderr: 'separate' });
    assert.match((await session.call(tool, { ...args, job_id: separate.facts.id })).log, /^(1@\d:)?err\n?$/);
  });
}

test('the old parameter merge_stderr still works, and is not listed', async () => {
  const { tools } = await session.client.listTools();
  assert.doesNotMatch(JSON.stringify(tools), /merge_stderr/);
  for (const [merge_stderr, stderr] of [
    [true, 'merged'],
    [false, 'separate'],
  ]) {
    const { facts } = await run(session, 'echo err >&2', { merge_stderr });
    assert.equal((await statusOf(session, facts.id ?? '')).stderr, stderr);
  }
});

for (const code of [0, 1, 2, 126, 127, 255]) {
  test(`reports exit code ${code}`, async () => {
    const { facts } = await run(session, `exit ${code}`);
    assert.equal(facts.exit_code, String(code));
    assert.equal(facts.status, code === 0 ? 'completed' : 'failed');
    assert.equal(facts.ended_by, undefined);
  });
}

test('an unknown command fails with the message of the shell', async () => {
  const { facts, log } = await run(session, 'no-such-command-here');
  assert.equal(facts.status, 'failed');
  assert.equal(facts.exit_code, '127');
  assert.match(log, /no-such-command-here.*not found/);
});

for (const signal of ['SIGTERM', 'SIGKILL', 'SIGSEGV', 'SIGPIPE']) {
  test(`reports a command that is terminated by ${signal}`, async () => {
    const { facts } = await run(session, `kill -${signal.slice(3)} $$`);
    assert.equal(facts.status, 'killed');
    assert.equal(facts.signal, signal);
    assert.equal(facts.exit_code, undefined);
    assert.equal(facts.ended_by, undefined);
    assert.equal((await statusOf(session, facts.id ?? '')).ended_by, 'itself');
  });
}

test('a child left behind does not keep the job from ending, shows in status, and kill ends it', async () => {
  const { facts, log } = await run(session, 'sleep 60 & echo $!');
  assert.equal(facts.status, 'completed');
  const child = Number(log);
  assert.equal(isAlive(child), true);
  const { left_behind, memory_bytes, processes } = await statusOf(session, facts.id ?? '');
  assert.equal(left_behind, '1');
  assert.match(memory_bytes ?? '', /^[1-9]\d+$/);
  assert.equal(processes, undefined);
  const killed = await session.call('kill', { job_id: facts.id });
  assert.equal(killed.facts.processes_ended, '1');
  assert.equal(killed.facts.survivors, '0');
  assert.equal(killed.facts.status, 'completed');
  await untilGone(child);
  assert.equal((await statusOf(session, facts.id ?? '')).left_behind, undefined);
});

test('a child that left the session of its job still belongs to it', async () => {
  const { facts, log } = await run(session, 'setsid sleep 60 > /dev/null 2>&1 < /dev/null & echo $!');
  const child = Number(log);
  assert.equal((await statusOf(session, facts.id ?? '')).left_behind, '1');
  assert.equal((await session.call('kill', { job_id: facts.id })).facts.processes_ended, '1');
  await untilGone(child);
});

test('the log has the output of a child after the end of the job', async () => {
  const env = { FIFO: join(session.storage, 'late') };
  const { facts, log } = await run(session, 'mkfifo "$FIFO"; (read x < "$FIFO"; echo late) & true', { env });
  assert.equal(log, '');
  await run(session, 'echo > "$FIFO"', { env });
  const printed = async () => (await session.call('output', { job_id: facts.id })).log;
  await eventually('the child prints', async () => (await printed()) === 'late\n');
});

// Promise: job-environment
test('a job gets no variables of the editor that started the server', async (t) => {
  const env = { VSCODE_PID: '1', ELECTRON_RUN_AS_NODE: '1', BACKGROUND_JOBS_ENDPOINT: '/x', OTHER: 'kept' };
  const other = await openSession(t, { env });
  const { log } = await run(
    other,
    'env | grep "^\\(VSCODE\\|ELECTRON\\|BACKGROUND_JOBS_ENDPOINT\\|OTHER\\)"',
  );
  assert.equal(log, 'OTHER=kept\n');
});
