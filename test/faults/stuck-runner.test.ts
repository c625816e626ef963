import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { rawLog, runnerPid, start, startReady } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { atEnd } from '../support/scratch.ts';

// Promise: runner-stuck
test('a stopped runner does not block a manager, which reads what is on the disk', async (t) => {
  const storage = storageFolder(t);
  const first = openManager(t, { storage });
  const { id } = await startReady(first, 'echo ready; exec sleep 100');
  const runner = await runnerPid(storage);
  process.kill(runner, 'SIGSTOP');
  atEnd(t, () => process.kill(runner, 'SIGCONT'));
  const connect = RunnerLink.connect.bind(RunnerLink);
  t.mock.method(RunnerLink, 'connect', (...[address, options]: Parameters<typeof connect>) =>
    connect(address, options, 300),
  );
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  assert.equal(manager.jobs.get(id).status, 'running');
  assert.equal(rawLog(manager, id).toString(), 'ready\n');
  await assert.rejects(manager.kill(id, 'agent'), /^JobError: The runner of this job does not answer/);
  await assert.rejects(start(manager, 'true'), /^JobError: .*does not answer/);
  process.kill(runner, 'SIGCONT');
  // It may need longer than the timeout of this test for the connections that were given up.
  while (manager.jobs.linkOf(manager.jobs.get(id)) === undefined) await manager.jobs.ready();
  assert.equal((await manager.kill(id, 'agent')).job.status, 'killed');
});
