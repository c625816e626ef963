import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/protocol-version.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { startForeignRunner } from '../support/foreign-runner.ts';
import { start } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';

const processes = systemProcessTable();

async function untilStatus(manager: JobManager, id: string, status: string): Promise<void> {
  while (manager.jobs.find(id)?.status !== status) await once(manager.jobs, 'changed');
}

// Promise: runner-version-mismatch
test('jobs of a runner with an unknown version are listed and can be killed, and new jobs get a new runner', async (t) => {
  const storage = storageFolder(t);
  const foreign = await startForeignRunner(t, storage);
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  assert.equal(manager.jobs.get(foreign.job.id).status, 'running');
  const killed = await manager.kill(foreign.job.id, 'person');
  assert.equal(killed.job.endedBy, 'person');
  const job = await start(manager, 'echo mine');
  assert.notEqual(job.runner, foreign.job.runner);
  const versions = (await findRunners(storage, processes)).map(({ address }) => address.protocol).sort();
  assert.deepEqual(versions, [PROTOCOL_VERSION, 999]);
});

// Promise: runner-version-mismatch
test('when a runner of another version dies beside a current one, its jobs are lost and their processes end', async (t) => {
  const storage = storageFolder(t);
  const foreign = await startForeignRunner(t, storage);
  const manager = openManager(t, { storage });
  const { id } = await start(manager, 'exec sleep 100');
  const swept = once(foreign.shell, 'exit');
  await foreign.die();
  await untilStatus(manager, foreign.job.id, 'lost');
  await swept;
  assert.equal(manager.jobs.get(id).status, 'running');
});

test('a job that a runner of another version began right before it died is lost, also if the table was just loaded', async (t) => {
  const storage = storageFolder(t);
  const foreign = await startForeignRunner(t, storage, { isIdle: true });
  await start(openManager(t, { storage }), 'exec sleep 100');
  const manager = openManager(t, { storage });
  const load = manager.jobs.history.load.bind(manager.jobs.history);
  const loading = t.mock.method(manager.jobs.history, 'load', async (...args: Parameters<typeof load>) => {
    loading.mock.restore();
    await load(...args);
    new Journal(storage).recordJob(foreign.job);
    await foreign.die();
    await eventually('it is disconnected', () => manager.jobs.linkOf(foreign.job) === undefined);
  });
  await manager.jobs.ready();
  assert.equal(manager.jobs.find(foreign.job.id), undefined);
  await manager.jobs.ready();
  assert.equal(manager.jobs.get(foreign.job.id).status, 'lost');
});

test('a manager that has a current runner connects again to one of another version', async (t) => {
  const storage = storageFolder(t);
  const foreign = await startForeignRunner(t, storage);
  const manager = openManager(t, { storage });
  await start(manager, 'exec sleep 100');
  const link = manager.jobs.linkOf(foreign.job)!;
  const closed = once(link, 'closed');
  foreign.disconnect();
  await closed;
  await eventually('it is connected', () => manager.jobs.linkOf(foreign.job) !== undefined);
  assert.equal(manager.jobs.isReachable(foreign.job), true);
});

test('jobs of a runner of another version that starts beside a current one appear without a call', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  await start(manager, 'exec sleep 100');
  const { job } = await startForeignRunner(t, storage);
  await untilStatus(manager, job.id, 'running');
  await eventually('it is connected', () => manager.jobs.linkOf(job) !== undefined);
});
