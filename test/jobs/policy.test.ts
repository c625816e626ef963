import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { openManager } from '../support/manager.ts';
import { isAlive } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

const START = { startedBy: { kind: 'agent' } } as const;

test('what the policy refuses does not run, also not by a restart, and leaves no trace in the list', async (t) => {
  let isRefusing = false;
  const manager = openManager(t, { policy: () => (isRefusing ? 'Not today. Try tomorrow.' : undefined) });
  const { job } = await manager.start({ ...START, command: 'true' });
  await manager.wait([{ id: job.id, cursor: 0 }], { until: 'exit' }, 10_000);
  isRefusing = true;
  await assert.rejects(manager.start({ ...START, command: 'true' }), /^JobError: Not today/);
  await assert.rejects(manager.restart(job.id, { kind: 'agent' }), /^JobError: Not today/);
  assert.deepEqual(
    manager.list().map(({ id }) => id),
    [job.id],
  );
});

test('a running job whose restart is refused goes on', async (t) => {
  let isRefusing = false;
  const manager = openManager(t, { policy: () => (isRefusing ? 'Not today. Try tomorrow.' : undefined) });
  const cwd = scratchFolder(t);
  const { job } = await manager.start({ ...START, command: 'sleep 100', cwd });
  isRefusing = true;
  await assert.rejects(manager.restart(job.id, { kind: 'person' }), /Not today/);
  isRefusing = false;
  rmSync(cwd, { recursive: true });
  await assert.rejects(manager.restart(job.id, { kind: 'person' }), /does not exist/);
  assert.equal(manager.get(job.id).status, 'running');
  assert.equal(isAlive(job.pid!), true);
});
