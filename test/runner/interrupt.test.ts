import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import type { JobRecord, JobSpec } from '../../src/protocol/job-record.ts';
import { eventually, makeSpec, startJob, startRunner, untilEnded } from '../support/runner.ts';

/** Starts a job and waits for its first output. */
async function startReady(link: RunnerLink, spec: JobSpec): Promise<JobRecord> {
  const job = await startJob(link, spec);
  // It is answered with the present end of the log.
  link.watch(spec.id);
  for (let end = 0; end === 0;) {
    const [growth] = (await once(link, 'grew')) as [{ id: string; end: number }];
    if (growth.id === spec.id) end = growth.end;
  }
  link.unwatch(spec.id);
  return job;
}

/** Interrupts a job, and returns how it ends. @param input sent after the signal */
async function interrupt(
  link: RunnerLink,
  spec: JobSpec,
  by: 'agent' | 'person',
  input?: string,
): Promise<JobRecord> {
  const { id } = await startReady(link, spec);
  const ended = untilEnded(link, id);
  assert.equal(await link.signal({ id, signal: 'SIGINT', by }), true);
  if (input !== undefined) await link.write({ id, text: input, eof: false });
  return ended;
}

/** Survives SIGINT, and continues with a line of input. */
const WAIT = 'trap : INT; echo ready; until read line; do :; done';

test('a job that dies of Ctrl+C names who pressed it', async (t) => {
  const link = await (await startRunner(t)).connect();
  for (const by of ['agent', 'person'] as const) {
    const job = await interrupt(link, makeSpec('echo ready; sleep 100', { graceMs: 0 }), by);
    assert.deepEqual([job.status, job.endedBy, job.signal], ['killed', by, 'SIGINT']);
  }
});

test('a job whose shell reports SIGINT as its exit code names who pressed Ctrl+C', async (t) => {
  const link = await (await startRunner(t)).connect();
  const spec = makeSpec(`${WAIT}; sh -c 'kill -INT $$'; exit $?`, { graceMs: 0 });
  const job = await interrupt(link, spec, 'agent', '\n');
  assert.deepEqual([job.status, job.endedBy, job.exitCode], ['killed', 'agent', 130]);
});

test('a job that shuts down within its grace after Ctrl+C names who pressed it', async (t) => {
  const link = await (await startRunner(t)).connect();
  const command = `trap 'echo bye; exit 0' INT; echo ready; while :; do sleep 0.05; done`;
  const job = await interrupt(link, makeSpec(command, { graceMs: 3_600_000 }), 'agent');
  assert.deepEqual([job.status, job.endedBy, job.exitCode], ['killed', 'agent', 0]);
});

test('a job that continues after Ctrl+C and exits later ends by itself', async (t) => {
  const link = await (await startRunner(t)).connect();
  const job = await interrupt(link, makeSpec(`${WAIT}; exit 0`, { graceMs: 0 }), 'agent', '\n');
  assert.deepEqual([job.status, job.endedBy, job.exitCode], ['completed', 'itself', 0]);
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
