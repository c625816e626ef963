import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { runnerPid, start, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { endProcess } from '../support/runner.ts';

/** Opens two managers of a storage folder, which share a runner. */
async function openTwo(t: TestContext, storage = storageFolder(t)) {
  const managers = [openManager(t, { storage }), openManager(t, { storage })] as const;
  await start(managers[0], 'exec sleep 100');
  await managers[1].jobs.ready();
  return { storage, managers };
}

async function untilNamed({ jobs }: JobManager, id: string, name: string | undefined): Promise<void> {
  while (jobs.get(id).name !== name) await once(jobs, 'changed');
}

test('a finished job keeps its new name, also in other windows, when what it left behind is killed', async (t) => {
  const { storage, managers } = await openTwo(t);
  const [first, second] = managers;
  const { id } = await start(first, 'setsid sleep 100 > /dev/null 2>&1 &', { name: 'old' });
  const { leftBehind } = await untilEnd(first, id);
  assert.equal(leftBehind, 1);
  const renamed = await first.rename(id, 'new');
  assert.equal(renamed.name, 'new');
  assert.equal((await first.kill(id, 'agent')).job.name, 'new');
  await untilNamed(second, id, 'new');
  const names = [first, second].map(({ jobs }) => jobs.get(id).name);
  assert.deepEqual([...names, new Journal(storage).read().jobs.get(id)?.name], ['new', 'new', 'new']);
  assert.equal((await second.rename(id, '')).name, undefined);
  await untilNamed(first, id, undefined);
});

test('other windows learn of the new name of a job whose runner has exited', async (t) => {
  const storage = storageFolder(t);
  const earlier = openManager(t, { storage });
  const { id } = await start(earlier, 'true', { name: 'old' });
  await untilEnd(earlier, id);
  const runner = await runnerPid(storage);
  await earlier.dispose();
  await endProcess(runner);
  const { managers } = await openTwo(t, storage);
  const [first, second] = managers;
  assert.equal(second.jobs.get(id).name, 'old');
  await first.rename(id, 'new');
  await untilNamed(second, id, 'new');
  assert.equal(new Journal(storage).read().jobs.get(id)?.name, 'new');
});

test('a job that was removed does not appear again when another window renames it at the same time', async (t) => {
  const { managers } = await openTwo(t);
  const [first, second] = managers;
  const { id } = await start(first, 'true', { name: 'old' });
  await untilEnd(first, id);
  const removed = once(second.jobs, 'removed');
  const [renamed] = await Promise.allSettled([second.rename(id, 'new'), first.jobs.removeFinished(id)]);
  await removed;
  // The answer to this request comes after what the runner has reported of the other job.
  await second.kill((await start(second, 'exec sleep 100')).id, 'agent');
  await first.kill((await start(first, 'exec sleep 100')).id, 'agent');
  assert.deepEqual(
    [first, second].map(({ jobs }) => jobs.find(id)),
    [undefined, undefined],
    JSON.stringify(renamed),
  );
});
