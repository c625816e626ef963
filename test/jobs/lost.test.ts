import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { SOON } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive } from '../support/runner.ts';

const processes = systemProcessTable();
const START = { startedBy: { kind: 'agent' } } as const;

async function runnerPid(storage: string): Promise<number> {
  return (await findRunners(storage, processes))[0]!.address.pid;
}

async function untilStatus(manager: JobManager, id: string, status: string): Promise<JobRecord> {
  while (manager.jobs.get(id).status !== status) await once(manager.jobs, 'changed');
  return manager.jobs.get(id);
}

// Promise: runner-killed
test('when the runner dies, its jobs are lost, their processes are stopped, the logs stay readable, and the next job works', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  const { job } = await manager.start({ ...START, command: 'echo before; setsid sleep 100 & sleep 100' });
  await manager.wait([{ id: job.id, cursor: 0 }], { until: 'output' }, SOON);
  // The shell prints the line before it forks.
  await eventually(
    'three processes are running',
    async () => (await manager.inspect(job.id)).processes.length === 3,
  );
  const { processes: tree } = await manager.inspect(job.id);
  const { address } = (await findRunners(storage, processes))[0]!;
  process.kill(address.pid, 'SIGKILL');
  await untilStatus(manager, job.id, 'lost');
  assert.equal(existsSync(dirname(address.socket)), false);
  assert.deepEqual(
    tree.filter(({ pid }) => isAlive(pid)),
    [],
  );
  assert.equal(manager.logs.readText(job.id, { cursor: 0, maxBytes: 1000 }).text, 'before\n');
  const next = await manager.start({ ...START, command: 'echo again' });
  assert.equal(
    (await manager.wait([{ id: next.job.id, cursor: 0 }], { until: 'exit' }, SOON)).reason,
    'exit',
  );
});

test('a manager that starts after the runner died marks its jobs as lost and stops their processes', async (t) => {
  const storage = storageFolder(t);
  const first = openManager(t, { storage, endJobsWithManager: false });
  const { job } = await first.start({ ...START, command: 'sleep 100' });
  const pid = await runnerPid(storage);
  await first.dispose();
  process.kill(pid, 'SIGKILL');
  await eventually('it is gone', () => !isAlive(pid));
  const second = openManager(t, { storage });
  await second.jobs.ready();
  assert.equal(second.jobs.get(job.id).status, 'lost');
  assert.equal(isAlive(job.pid!), false);
  assert.equal(new Journal(storage).read().jobs.get(job.id)?.status, 'lost');
});
