import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import type { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { start, startReady, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';

/** How many finished jobs a runner keeps in memory. */
const KEPT = 200;
const PERSON = { kind: 'person' } as const;

async function openTwo(t: TestContext) {
  const storage = storageFolder(t);
  const [first, second] = [openManager(t, { storage }), openManager(t, { storage })];
  await start(first, 'exec sleep 100');
  await second.jobs.ready();
  return { storage, first, second };
}

function isForgotten({ jobs }: JobManager, id: string): Promise<boolean> {
  return hasForgotten(jobs.currentLinkOf(jobs.get(id))!, id);
}

function hasForgotten(link: RunnerLink, id: string): Promise<boolean> {
  return link.inspect(id).then(
    () => false,
    (error: unknown) => String(error).includes('has no job'),
  );
}

/** Runs so many jobs that the runner forgets those that ended before. */
async function runMany(manager: JobManager): Promise<void> {
  const jobs = await Promise.all(Array.from({ length: KEPT }, () => start(manager, 'true')));
  for (const { id } of jobs) await untilEnd(manager, id);
  await untilEnd(manager, (await start(manager, 'true')).id);
}

test('requests for a job that its runner has forgotten are answered from the journal', async (t) => {
  const { storage, first, second } = await openTwo(t);
  const { id } = await start(first, 'echo printed', { name: 'old' });
  const failed = await start(first, 'exit 3', { name: 'failed' });
  const leaving = await start(first, 'setsid sleep 100 > /dev/null 2>&1 &');
  for (const each of [id, failed.id, leaving.id]) await untilEnd(first, each);
  await runMany(first);
  assert.deepEqual(await Promise.all([id, failed.id, leaving.id].map((each) => isForgotten(first, each))), [
    true,
    true,
    false,
  ]);

  const killed = await second.kill(id, 'agent');
  assert.deepEqual([killed.job.status, killed.ended, killed.survivors], ['completed', 0, []]);
  assert.deepEqual(await second.inspect(id), { processes: [], ports: [] });
  assert.equal((await second.wait([{ id, cursor: 0 }], { until: 'exit' }, 0)).reason, 'exit');
  await second.rename(id, 'new');
  while (first.jobs.get(id).name !== 'new') await once(first.jobs, 'changed');
  assert.equal(new Journal(storage).read().jobs.get(id)?.name, 'new');
  const later = openManager(t, { storage });
  await later.jobs.ready();
  assert.deepEqual([later.jobs.get(id).status, later.jobs.get(failed.id).exitCode], ['completed', 3]);

  await untilEnd(first, (await start(first, 'true', { after: [id] })).id);
  await assert.rejects(start(first, 'true', { after: [failed.id] }), /would never start/);
  const restarted = await first.restart(id, PERSON);
  assert.equal((await untilEnd(first, restarted.job.id)).name, 'new');
  assert.equal((await first.kill(leaving.id, 'agent')).ended, 1);
});

test('a runner forgets a job that was removed, and no other one', async (t) => {
  const { first, second } = await openTwo(t);
  const removed = await startReady(first, 'echo ready');
  const kept = await start(first, 'true');
  for (const { id } of [removed, kept]) await untilEnd(first, id);
  await eventually('its end arrives', () => second.jobs.find(removed.id)?.status === 'completed');
  const link = second.jobs.currentLinkOf(removed)!;
  await second.jobs.removeFinished(removed.id);
  // It forgets jobs at a start, and not while the end of their output is being read.
  await eventually('it is forgotten', async () => {
    await start(second, 'true');
    return hasForgotten(link, removed.id);
  });
  assert.equal(await isForgotten(second, kept.id), false);
});
