import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { openManager } from '../support/manager.ts';
import { eventually, isAlive } from '../support/runner.ts';

test('a changed keep-alive time applies to running jobs', async (t) => {
  let keepAliveSeconds = 3600;
  const manager = openManager(t, {
    endJobsWithManager: false,
    settings: () => ({
      limits: { ...DEFAULT_LIMITS, keepAliveSeconds },
      shell: '/bin/sh',
      cwd: process.cwd(),
    }),
  });
  const { job } = await manager.start({ command: 'exec sleep 100', startedBy: { kind: 'agent' } });
  assert.equal(isAlive(job.pid!), true);
  keepAliveSeconds = 0;
  await manager.jobs.sendSettings();
  await manager.dispose();
  await eventually('the job has ended', () => !isAlive(job.pid!));
});
