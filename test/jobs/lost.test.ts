import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { connectOn } from '../../src/protocol/message-connection.ts';
import * as protocol from '../../src/protocol/messages.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/protocol-version.ts';
import { claim, findRunners } from '../../src/protocol/runner-address.ts';
import { SOON } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive, makeSpec } from '../support/runner.ts';
import { atEnd } from '../support/scratch.ts';

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

// Promise: runner-version-mismatch
test('jobs of a runner with an unknown version are listed and can be killed, and new jobs get a new runner', async (t) => {
  const storage = storageFolder(t);
  const foreign = await startForeignRunner(storage);
  atEnd(t, () => foreign.close());
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  assert.equal(manager.jobs.get(foreign.job.id).status, 'running');
  const killed = await manager.kill(foreign.job.id, 'person');
  assert.equal(killed.job.endedBy, 'person');
  const { job } = await manager.start({ ...START, command: 'echo mine' });
  assert.notEqual(job.runner, foreign.job.runner);
  const versions = (await findRunners(storage, processes)).map(({ address }) => address.protocol).sort();
  assert.deepEqual(versions, [PROTOCOL_VERSION, 999]);
});

/** Starts a runner that implements only the messages that no version may change: hello, kill, changed. */
async function startForeignRunner(storage: string): Promise<{ job: JobRecord; close(): void }> {
  const job: JobRecord = {
    ...makeSpec('sleep 100'),
    status: 'running',
    startedAt: Date.now(),
    runner: 'foreign',
  };
  const socket = join(storage, 'foreign.sock');
  const server = createServer((client) => {
    const connection = connectOn(client);
    connection.onRequest(protocol.hello, () => ({
      protocol: 999,
      runner: 'foreign',
      pid: process.pid,
      jobs: [job],
    }));
    connection.onRequest(protocol.kill, ({ by }) => {
      return { job: { ...job, status: 'killed' as const, endedBy: by }, ended: 1, survivors: [] };
    });
    connection.listen();
  }).listen(socket);
  await once(server, 'listening');
  const self = (await processes.find(process.pid))!;
  const address = { v: 1, runner: 'foreign', protocol: 999, pid: process.pid, pidStarted: self.started };
  await claim(storage, { ...address, bootId: await processes.bootId(), socket, secret: 'x' }, processes);
  return { job, close: () => server.close() };
}
