import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { eventually, makeSpec } from '../../test/support/runner.ts';
import { atEnd, scratchFolder } from '../../test/support/scratch.ts';
import type { ProcessTable } from '../processes/process-table.ts';
import { systemProcessTable } from '../processes/system-process-table.ts';
import { PrivateFolder } from '../sockets/private-folder.ts';
import { Job } from './job.ts';
import { PipePool } from './pipe-pool.ts';
import { ProcessStarter } from './posix/process-starter.ts';
import { PreparedLog } from './prepared-log.ts';

const skip = process.platform === 'win32' ? 'Windows keeps the processes of a job in a Job Object' : false;

const KILL = { signal: 'SIGTERM', graceMs: 0, by: 'agent' } as const;

/** Starts a job that exits with code 0 when it gets a line of input. @param change of the process table that the job uses */
async function startJob(t: TestContext, change: Partial<ProcessTable>): Promise<Job> {
  const folder = new PrivateFolder();
  const pipes = new PipePool(folder, () => undefined);
  const starter = new ProcessStarter();
  const logs = new PreparedLog(scratchFolder(t), 'runner');
  const job = new Job(makeSpec('read line'), {
    ...{ runner: 'runner', bootId: 'boot', pipes, starter, logs },
    processes: { ...systemProcessTable(), ...change },
    onChanged: () => undefined,
    onGrew: () => undefined,
    onStarting: () => undefined,
    onStarted: () => undefined,
    watchReadiness: () => assert.fail('The job has no condition.'),
  });
  atEnd(t, async () => {
    if (job.isRunning) process.kill(-job.record.pid!, 'SIGKILL');
    await pipes.dispose();
    starter.dispose();
    logs.dispose();
    folder.remove();
  });
  const inherited = { openFiles: undefined, modulesFolder: undefined, searchScript: undefined };
  await job.start({ env: process.env, ...inherited });
  return job;
}

async function letExit(job: Job): Promise<void> {
  await job.controls.write('\n', false);
  await eventually('the job ends', () => !job.isActive);
}

// Promise: unreadable-process-table
test('a job whose kill failed before any signal ends by itself later', { skip }, async (t) => {
  const unreadable = { list: () => Promise.reject(new Error('There is no free descriptor.')) };
  // Only a kill follows the processes.
  const job = await startJob(t, { following: () => ({ ...systemProcessTable(), ...unreadable }) });
  await assert.rejects(job.kill(KILL), /no free descriptor/);
  await letExit(job);
  const { status, endedBy, exitCode } = job.record;
  assert.deepEqual({ status, endedBy, exitCode }, { status: 'completed', endedBy: 'itself', exitCode: 0 });
});

test('a process that outlived its kill is not left behind if it exits with the job', { skip }, async (t) => {
  // A process in an uninterruptible sleep does not die of SIGKILL, and exits later.
  const job = await startJob(t, { send: () => undefined });
  const { survivors } = await job.kill(KILL);
  assert.deepEqual(
    survivors.map(({ pid }) => pid),
    [job.record.pid],
  );
  await letExit(job);
  const { status, endedBy, leftBehind } = job.record;
  assert.deepEqual({ status, endedBy, leftBehind }, { status: 'killed', endedBy: 'agent', leftBehind: 0 });
});
