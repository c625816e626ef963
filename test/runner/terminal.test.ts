import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { repeats } from '../support/repeats.ts';
import { eventually, makeSpec, startJob, startRunner, untilEnded } from '../support/runner.ts';
import { openTerminalRunner, TERMINAL_SIZE, terminalSpec, untilPrinted } from '../support/terminal-runner.ts';

/** Returns the process group in the foreground of the terminal of a process (tpgid in proc(5)). */
function foreground(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[5]);
}

test('a job with a terminal leads a session of which that is the controlling terminal', async (t) => {
  const { run } = await openTerminalRunner(t);
  const { job, text } = await run(
    'test -t 0 -a -t 1 -a -t 2 && tty; stty size; echo to-tty > /dev/tty; ps -o sid=,tpgid= -p $$',
  );
  assert.equal(job.status, 'completed');
  assert.equal(job.capture, 'terminal');
  const [path, size, written, ids = ''] = text.split('\r\n');
  assert.match(path ?? '', /^\/dev\/pts\/\d+$/);
  assert.deepEqual([size, written], ['30 120', 'to-tty']);
  assert.deepEqual(ids.trim().split(/\s+/).map(Number), [job.pid, job.pid]);
});

// Promise: terminal-drained
test('no byte of a terminal is lost at the exit of its job', async (t) => {
  const { run } = await openTerminalRunner(t);
  for (let round = 0; round < repeats(1000, 50); round++) {
    const { text } = await run("head -c 65536 /dev/zero | tr '\\0' x; echo; echo LAST", {
      maxOutputSize: 1 << 20,
    });
    assert.equal(text, `${'x'.repeat(65536)}\r\nLAST\r\n`);
  }
});

test('a job on a terminal that exits at once has its output', async (t) => {
  const { run } = await openTerminalRunner(t);
  for (let round = 0; round < repeats(300, 30); round++) {
    const { job, text } = await run(`echo ${round}; exit 3`);
    assert.deepEqual([text, job.status, job.exitCode], [`${round}\r\n`, 'failed', 3]);
  }
});

test('a background process that keeps the terminal open does not hold up the end of its job', async (t) => {
  const { run, link } = await openTerminalRunner(t);
  // It ignores the SIGHUP that the exit of the session leader sends.
  const { job, text } = await run("(trap '' HUP; exec sleep 1000) & echo last");
  assert.equal(text, 'last\r\n');
  assert.equal(job.status, 'completed');
  const { survivors } = await link.kill({ id: job.id, signal: 'SIGTERM', graceMs: 2000, by: 'agent' });
  assert.deepEqual(survivors, []);
});

test('keeps the terminal output of a killed job up to the kill', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  // On a busy machine it may print much until the kill, and the log must not drop its beginning.
  const spec = terminalSpec('for ((i = 0; ; i++)); do echo line $i; done', { maxOutputSize: 1 << 28 });
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'line 1000');
  const { survivors } = await link.kill({ id: spec.id, signal: 'SIGKILL', graceMs: 1000, by: 'agent' });
  assert.deepEqual(survivors, []);
  assert.equal((await ended).status, 'killed');
  const lines = output(spec.id).split('\r\n').slice(0, -1);
  assert.ok(lines.length > 1000);
  for (const [at, line] of lines.entries()) assert.equal(line, `line ${at}`);
});

test('a resized terminal sends SIGWINCH to its foreground process', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const spec = terminalSpec("trap 'stty size' WINCH; echo ready; while :; do read -t 0.1 line; done", {
    terminal: TERMINAL_SIZE,
  });
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'ready');
  const changed = once(link, 'changed') as Promise<[JobRecord]>;
  assert.equal(await link.resize({ id: spec.id, columns: 81, rows: 25 }), true);
  assert.deepEqual((await changed)[0].terminalSize, { columns: 81, rows: 25 });
  await untilPrinted(link, output, spec.id, '25 81');
  const ended = untilEnded(link, spec.id);
  await link.kill({ id: spec.id, signal: 'SIGKILL', graceMs: 1000, by: 'agent' });
  await ended;
  assert.equal(await link.resize({ id: spec.id, columns: 80, rows: 24 }), false);
});

test('a job with pipes has no terminal to resize', async (t) => {
  const { link } = await openTerminalRunner(t);
  const spec = makeSpec('cat');
  await startJob(link, spec);
  assert.equal(await link.resize({ id: spec.id, columns: 80, rows: 24 }), false);
});

test('Ctrl+C, Ctrl+Z with fg, Ctrl+\\ and Ctrl+D work in an interactive shell', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const spec = terminalSpec("exec env PS1='prompt> ' bash --norc --noprofile -i");
  const ended = untilEnded(link, spec.id);
  const { pid } = await startJob(link, spec);
  // Before its program is in the foreground, the shell would get the key. Until it is executed, it ignores Ctrl+Z as the shell.
  const inForeground = (name: string): Promise<void> =>
    eventually(`${name} is in the foreground`, () => {
      const file = `/proc/${foreground(pid!)}/comm`;
      // The previous one may end just now.
      return existsSync(file) && readFileSync(file, 'utf8') === `${name}\n`;
    });
  const typed = async (keys: string, expected: string): Promise<void> => {
    const before = output(spec.id).length;
    await link.write({ id: spec.id, text: keys, eof: false });
    await untilPrinted(link, (id) => output(id).slice(before), spec.id, expected);
  };
  // Until the shell prompts again, the terminal may drop what is typed.
  await untilPrinted(link, output, spec.id, 'prompt> ');
  await typed('cat\r', 'cat\r\n');
  await inForeground('cat');
  await typed('echoed\r', 'echoed\r\nechoed\r\n');
  await typed('\x03', 'prompt> ');
  await typed('echo "interrupted $?"\r', 'prompt> ');
  assert.match(output(spec.id), /interrupted 130\r/);
  await typed('sleep 1000\r', 'sleep 1000\r\n');
  await inForeground('sleep');
  await typed('\x1a', 'prompt> ');
  assert.match(output(spec.id), /Stopped +sleep/);
  await typed('fg; echo "back $?"\r', 'sleep 1000\r\n');
  await inForeground('sleep');
  await typed('\x1c', 'back 131\r\n');
  const later = (id: string): string => output(id).split('back 131\r\n')[1] ?? '';
  await untilPrinted(link, later, spec.id, 'prompt> ');
  await link.write({ id: spec.id, text: '', eof: true });
  assert.equal((await ended).endedBy, 'itself');
});

test('a character of several bytes is erased as a whole', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const spec = terminalSpec('echo ready; read line; echo "<$line>"');
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'ready');
  await link.write({ id: spec.id, text: 'aä\x7fb\r', eof: false });
  await ended;
  assert.match(output(spec.id), /<ab>\r\n$/);
});

test('end of file is Ctrl+D, also after an unfinished line, and leaves the terminal open', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const spec = terminalSpec('stty -echo; echo ready; cat; echo; cat; echo end');
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'ready');
  assert.equal(await link.write({ id: spec.id, text: 'unfinished', eof: true }), 'written');
  await untilPrinted(link, output, spec.id, 'unfinished\r\n');
  assert.equal(await link.write({ id: spec.id, text: '', eof: true }), 'written');
  assert.equal((await ended).exitCode, 0);
  assert.equal(output(spec.id), 'ready\r\nunfinished\r\nend\r\n');
});

test('a job fails with the reason if terminals cannot be created, and others continue', async (t) => {
  const { connect } = await startRunner(t);
  const link = await connect({ modulesFolder: '/nonexistent' });
  const { status, error } = await startJob(link, terminalSpec('echo never'));
  assert.equal(status, 'failed');
  assert.match(error ?? '', /terminal.*koffi.*Start it without a terminal\./);
  const spec = makeSpec('echo fine');
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  assert.equal((await ended).status, 'completed');
});
