import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import type { JobRecord, JobSpec } from '../../src/protocol/job-record.ts';
import { eventually, makeSpec, startJob, startRunner, untilEnded } from '../support/runner.ts';
import { openTerminalRunner, terminalSpec, untilPrinted } from '../support/terminal-runner.ts';

/** Starts a job and waits for its first output. */
async function startReady(link: RunnerLink, spec: JobSpec): Promise<JobRecord> {
  const job = await startJob(link, spec);
  // It is answered with the present end of the log.
  await new Promise<void>((resolve) => {
    link.on('grew', ({ id, end }) => {
      if (id === spec.id && end > 0) resolve();
    });
    link.watch(spec.id);
  });
  link.unwatch(spec.id);
  return job;
}

/**
 * Interrupts a job, and returns how it ends. Its shell must not start programs then: dash drops a signal that arrives
 * while it does.
 *
 * @param input sent after the signal
 */
async function interrupt(
  link: RunnerLink,
  spec: JobSpec,
  by: 'agent' | 'person',
  input?: { readonly text: string; readonly eof: boolean },
): Promise<JobRecord> {
  const { id } = await startReady(link, spec);
  // dash runs a trap only when a command ends. If the signal came before `read`, it would wait for a line.
  if (process.platform === 'linux' && spec.command.includes('read line')) {
    await eventually('it reads', async () => (await link.inputState(id)).reader === 'only');
  }
  const ended = untilEnded(link, id);
  assert.equal(await link.signal({ id, signal: 'SIGINT', by }), true);
  if (input !== undefined) await link.write({ id, ...input });
  return ended;
}

test('a job that dies of Ctrl+C names who pressed it', async (t) => {
  const link = await (await startRunner(t)).connect();
  for (const by of ['agent', 'person'] as const) {
    const job = await interrupt(link, makeSpec('echo ready; exec sleep 100', { graceMs: 0 }), by);
    assert.deepEqual([job.status, job.endedBy, job.signal], ['killed', by, 'SIGINT']);
  }
});

test('a job whose shell reports SIGINT as its exit code names who pressed Ctrl+C', async (t) => {
  const link = await (await startRunner(t)).connect();
  const command = `trap 'sh -c "kill -INT \\$\\$"; exit $?' INT; echo ready; until read line; do :; done`;
  const job = await interrupt(link, makeSpec(command, { graceMs: 0 }), 'agent');
  assert.deepEqual([job.status, job.endedBy, job.exitCode], ['killed', 'agent', 130]);
});

test('a job that shuts down within its grace after Ctrl+C names who pressed it', async (t) => {
  const link = await (await startRunner(t)).connect();
  // Success is success, so that jobs after it may start.
  for (const [code, status] of [
    [0, 'completed'],
    [3, 'killed'],
  ] as const) {
    const command = `trap 'echo bye; exit ${code}' INT; echo ready; until read line; do :; done`;
    const job = await interrupt(link, makeSpec(command, { graceMs: 3_600_000 }), 'agent');
    assert.deepEqual([job.status, job.endedBy, job.exitCode], [status, 'agent', code]);
  }
});

for (const input of [
  { text: '\n', eof: false },
  { text: '', eof: true },
]) {
  test(`a job that gets ${input.eof ? 'the end of file' : 'a line'} after Ctrl+C and exits ends by itself`, async (t) => {
    const link = await (await startRunner(t)).connect();
    const spec = makeSpec("trap '' INT; echo ready; read line; exit 4", {
      graceMs: 3_600_000,
    });
    const job = await interrupt(link, spec, 'agent', input);
    assert.deepEqual([job.status, job.endedBy, job.exitCode], ['failed', 'itself', 4]);
  });
}

test('a terminal without signals passes what is typed after Ctrl+C to a job, which then ends by itself', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  // As interactive Python does: it turns signals off for its prompt.
  const command = `trap 'stty -isig -icanon; echo prompt' INT; echo ready; until read line; do :; done; exit 4`;
  const spec = terminalSpec(command, { graceMs: 3_600_000 });
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'ready');
  await link.write({ id: spec.id, text: '\x03', eof: false, by: 'agent' });
  await untilPrinted(link, output, spec.id, 'prompt');
  await link.write({ id: spec.id, text: 'exit(4)\r', eof: false, by: 'agent' });
  const { status, endedBy, exitCode } = await ended;
  assert.deepEqual([status, endedBy, exitCode], ['failed', 'itself', 4]);
});

test('a stopped process is reported as stopped', async (t) => {
  const link = await (await startRunner(t)).connect();
  const { id, pid } = await startReady(link, makeSpec('echo ready; exec sleep 100'));
  const stoppedOf = async (): Promise<boolean[]> => {
    return (await link.inspect(id)).processes.map(({ isStopped }) => isStopped);
  };
  assert.deepEqual(await stoppedOf(), [false]);
  process.kill(pid!, 'SIGSTOP');
  await eventually('it is stopped', async () => (await stoppedOf())[0] === true);
});
