import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobSpec } from '../../src/protocol/job-record.ts';
import { eventually, isAlive, startJob, untilEnded } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';
import { openTerminalRunner, terminalSpec, untilPrinted } from '../support/terminal-runner.ts';
import { TREES } from '../support/trees.ts';

/** Interactive shells put each command into a process group of its own. */
const SHELL_TREES = {
  'an interactive shell with commands in the background, stopped and in the foreground': `exec bash --norc -ic '
    sleep 101 & echo $!
    sh -c "echo \\$\\$; kill -STOP \\$\\$; sleep 102"
    sh -c "echo \\$\\$; echo ready; sleep 103; :"; :'`,
  'a shell in a shell, both interactive': `exec bash --norc -ic 'echo $$; bash --norc -ic "echo \\$\\$; echo ready; sleep 104; :"; :'`,
} as const;

for (const [shape, command] of Object.entries({ ...TREES, ...SHELL_TREES })) {
  // Promise: kill-any-tree
  test(`a kill on a terminal ends ${shape}`, async (t) => {
    const { link, output } = await openTerminalRunner(t);
    const job = await startJob(link, terminalSpec(command));
    await untilPrinted(link, output, job.id, 'ready');
    const result = await link.kill({ id: job.id, signal: 'SIGTERM', graceMs: 200, by: 'agent' });
    assert.deepEqual(result.survivors, []);
    assert.deepEqual([result.job.status, result.job.endedBy], ['killed', 'agent']);
    const pids = printedPids(output(job.id));
    assert.ok(pids.length > 0);
    assert.deepEqual(pids.filter(isAlive), []);
  });
}

/** Returns the pids that a tree has printed, without the numbers of the shell's jobs. */
function printedPids(text: string): number[] {
  return (text.match(/^[\d ]+\r$/gm) ?? []).flatMap((line) => line.trim().split(' ').map(Number));
}

/** Longer than any test may take. */
const FOREVER: Partial<JobSpec> = { graceMs: 3_600_000 };

// Promise: terminal-hang-up
test('an interactive shell, which ignores SIGTERM, is hung up and does not use up its grace', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const spec = terminalSpec("exec env PS1='prompt> ' bash --norc --noprofile -i", FOREVER);
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'prompt> ');
  await link.write({ id: spec.id, text: "trap 'echo saved' EXIT; echo trap-''set\r", eof: false });
  await untilPrinted(link, output, spec.id, 'trap-set');
  const { job, survivors } = await link.kill({
    id: spec.id,
    signal: 'SIGTERM',
    graceMs: 3_600_000,
    by: 'agent',
  });
  assert.deepEqual(survivors, []);
  assert.deepEqual([job.status, job.signal ?? job.exitCode], ['killed', 'SIGHUP']);
  assert.match(output(spec.id), /saved/);
});

test('a shell that has missed a hang-up is hung up again', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const count = `trap '' TERM; trap 'n=$((n + 1)); [ $n = 1 ] || exit' HUP; echo ready; while :; do read -t 0.1; done`;
  const spec = terminalSpec(count, FOREVER);
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'ready');
  await link.kill({ id: spec.id, signal: 'SIGTERM', graceMs: 3_600_000, by: 'agent' });
});

test('a program that is shutting down is not hung up by the shell that it runs in', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const command = `exec bash --norc -ic 'bash -c "trap \\"echo closing; sleep 0.5; echo closed; exit\\" TERM; echo ready; while :; do sleep 0.05; done"; :'`;
  const spec = terminalSpec(command, FOREVER);
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'ready');
  await link.kill({ id: spec.id, signal: 'SIGTERM', graceMs: 3_600_000, by: 'agent' });
  assert.match(output(spec.id), /closing\r\nclosed\r\n/);
});

test('Ctrl+C on a terminal names who pressed it, if the job ends because of it', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  for (const by of ['agent', 'person'] as const) {
    // The program that gets the signal is there before the output.
    const spec = terminalSpec(`sh -c 'echo ready; exec sleep 1000'; :`, { graceMs: 0 });
    const ended = untilEnded(link, spec.id);
    await startJob(link, spec);
    await untilPrinted(link, output, spec.id, 'ready');
    await link.write({ id: spec.id, text: '\x03', eof: false, by });
    const job = await ended;
    assert.deepEqual([job.status, job.endedBy], ['killed', by]);
  }
});

test('Ctrl+C that a program reads as a key, or a shell survives, does not end the job', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const raw = terminalSpec(
    'stty raw -echo; echo ready; dd bs=1 count=1 2>/dev/null; stty sane; exit 3',
    FOREVER,
  );
  const rawEnded = untilEnded(link, raw.id);
  await startJob(link, raw);
  await untilPrinted(link, output, raw.id, 'ready');
  await link.write({ id: raw.id, text: '\x03', eof: false, by: 'agent' });
  assert.equal((await rawEnded).endedBy, 'itself');

  const shell = terminalSpec("exec env PS1='prompt> ' bash --norc --noprofile -i", FOREVER);
  const ended = untilEnded(link, shell.id);
  await startJob(link, shell);
  await untilPrinted(link, output, shell.id, 'prompt> ');
  // Until it prompts again, the terminal may drop what is typed. bash does not act on a Ctrl+C that comes right before it
  // waits for a line.
  await eventually('it prompts again', async () => {
    await link.write({ id: shell.id, text: '\x03', eof: false, by: 'agent' });
    await delay(200);
    return output(shell.id).split('prompt> ').length > 2;
  });
  // A Ctrl+C that comes late drops what is typed.
  let isOver = false;
  void ended.then(() => (isOver = true));
  await eventually('it exits', async () => {
    if (!isOver) await link.write({ id: shell.id, text: 'exit 0\r', eof: false, by: 'agent' });
    await delay(200);
    return isOver;
  });
  const job = await ended;
  assert.deepEqual([job.status, job.endedBy], ['completed', 'itself']);
});

// Promise: terminal-long-line
test('a line that is longer than a terminal in line mode takes is refused, and nothing of it arrives', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const spec = terminalSpec('stty -echo; echo ready; read -r line; echo "${#line}"', {});
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'ready');
  const write = (text: string) => link.write({ id: spec.id, text, eof: false });
  assert.equal(await write(`${'x'.repeat(4096)}\r`), 'long');
  assert.equal(await write(`${'x'.repeat(4095)}\r`), 'written');
  await ended;
  assert.match(output(spec.id), /\r\n4095\r\n$/);
});

// Promise: terminal-unread-input
test('input that a program on a terminal does not read waits, and holds up nothing else', async (t) => {
  const { link, output, run } = await openTerminalRunner(t);
  const lines = Array.from({ length: 60 }, (_, at) => `${String(at).padStart(2, '0')}${'x'.repeat(998)}`);
  const text = `${lines.join('\r')}\r`;
  // A program that does not read, and one that begins to read later.
  for (const setting of ['', 'stty raw -echo;', 'stty -echo;']) {
    const gate = join(scratchFolder(t), 'go');
    const idle = terminalSpec(`${setting} echo ready; sleep 1000`, { graceMs: 0 });
    const late = terminalSpec(
      `${setting} echo ready; until [ -e ${gate} ]; do sleep 0.05; done; head -c ${text.length} | wc -c`,
    );
    for (const spec of [idle, late]) {
      await startJob(link, spec);
      await untilPrinted(link, output, spec.id, 'ready');
      assert.equal(await link.write({ id: spec.id, text, eof: false }), 'written');
    }
    assert.equal((await run('echo another')).text, 'another\r\n');
    const { unread } = await link.inputState(idle.id, { countUnread: true });
    if (process.platform === 'linux') assert.ok(unread! > 40_000 && unread! <= text.length, String(unread));
    const ended = untilEnded(link, late.id);
    writeFileSync(gate, '');
    await ended;
    // If the runner reads late, Linux drops what does not fit into its buffer of 4 KiB for echoes, line ends included.
    assert.match(output(late.id), /(?<!\d)60060\r?\n$/);
    const { survivors } = await link.kill({ id: idle.id, signal: 'SIGTERM', graceMs: 0, by: 'agent' });
    assert.deepEqual(survivors, []);
  }
});

// Promise: terminal-unread-input
test('Ctrl+C reaches a program on a terminal behind any amount of unread input, which it drops', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  for (const lines of [1, 8, 60, 1500]) {
    // The program that gets the signal is there before the output.
    const program = `sh -c 'echo ready; exec sleep 1000'`;
    const spec = terminalSpec(`trap 'echo interrupted' INT; ${program}; read line; echo "got $line"`);
    await startJob(link, spec);
    await untilPrinted(link, output, spec.id, 'ready');
    const text = `${'x'.repeat(999)}\r`.repeat(lines);
    for (let count = 0; count < 3; count++)
      assert.equal(
        await link.write({ id: spec.id, text, eof: false }),
        count > 0 && lines > 1000 ? 'full' : 'written',
      );
    assert.equal(await link.write({ id: spec.id, text: '\x03', eof: false }), 'written');
    await untilPrinted(link, output, spec.id, 'interrupted');
    const ended = untilEnded(link, spec.id);
    assert.equal(await link.write({ id: spec.id, text: 'more\r', eof: false }), 'written');
    assert.equal((await ended).exitCode, 0);
    assert.match(output(spec.id), /\r\ngot more\r\n$/);
  }
});

test('a key that sends no signal, or with which the terminal keeps its input, drops none', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const text = `${'x'.repeat(99)}\r`.repeat(200);
  for (const setting of ['stty intr ^X', 'stty intr undef', 'stty noflsh', 'stty raw']) {
    const gate = join(scratchFolder(t), 'go');
    const command = `trap '' INT; ${setting} -echo; echo ready; until [ -e ${gate} ]; do sleep 0.05; done; head -c 20000 | wc -c`;
    const spec = terminalSpec(command);
    await startJob(link, spec);
    await untilPrinted(link, output, spec.id, 'ready');
    for (const part of [text, '\x03'])
      assert.equal(await link.write({ id: spec.id, text: part, eof: false }), 'written');
    const ended = untilEnded(link, spec.id);
    writeFileSync(gate, '');
    await ended;
    assert.match(output(spec.id), / *20000\r?\n/, setting);
  }
});

test('64 KiB of input reach a program that reads keys', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const spec = terminalSpec('stty raw -echo; echo ready; head -c 65536 | wc -c', {});
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'ready');
  assert.equal(await link.write({ id: spec.id, text: 'k'.repeat(65_536), eof: false }), 'written');
  await ended;
  assert.match(output(spec.id), /65536/);
});

test('the hang-up reaches the processes of a runner that is killed', async (t) => {
  const { link, output, address } = await openTerminalRunner(t);
  const spec = terminalSpec("exec bash --norc -ic 'echo $$; sleep 105 & echo $!; echo ready; sleep 106; :'");
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'ready');
  const pids = printedPids(output(spec.id));
  assert.ok(pids.every((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').length > 0));
  process.kill((await address()).pid, 'SIGKILL');
  await eventually('all are gone', () => !pids.some(isAlive));
});
