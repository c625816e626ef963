import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchRunner } from '../../src/jobs/runners/runner-launch.ts';
import { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { RunnerPool } from '../../src/jobs/runners/runner-pool.ts';
import { RUNNER_SCRIPT } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';

test('concurrent searches for runners open one connection per runner', async (t) => {
  const storage = scratchFolder(t);
  await launchRunner(RUNNER_SCRIPT, storage, process.env);
  const links: RunnerLink[] = [];
  const connect = RunnerLink.connect.bind(RunnerLink);
  t.mock.method(RunnerLink, 'connect', async (...args: Parameters<typeof connect>) => {
    const link = await connect(...args);
    links.push(link);
    return link;
  });
  const options = { keepAliveMs: 0, endJobsWithClient: true, maxRunning: 9, env: {} };
  const pool = new RunnerPool(storage, RUNNER_SCRIPT, () => options, {
    onConnected: () => undefined,
    onClosed: () => undefined,
  });
  atEnd(t, () => links.forEach((link) => link.close()));
  await Promise.all([pool.attach(), pool.findOrLaunch(), pool.attach()]);
  assert.equal(links.length, 1);
  assert.ok(pool.current);
});
