import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { COOKIE } from '../../src/processes/job-cookie.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { runnerPid, SOON, start, startReady, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive, makeSpec } from '../support/runner.ts';

const processes = systemProcessTable();

// Promise: remove-elsewhere
test('a job that one manager removes disappears for the others at once while they share a runner', async (t) => {
  const storage = storageFolder(t);
  const [a, b] = [openManager(t, { storage }), openManager(t, { storage })];
  await start(a, 'exec sleep 100');
  const { id } = await start(a, 'true');
  await untilEnd(a, id);
  await b.jobs.ready();
  const removed = once(a.jobs, 'removed', { signal: AbortSignal.timeout(SOON) });
  await b.jobs.removeFinished(id);
  assert.equal(((await removed) as [{ id: string }])[0].id, id);
  assert.throws(() => a.jobs.get(id), /There is no job/);
});

test('restarts of a job by several managers at the same time start it once', async (t) => {
  const storage = storageFolder(t);
  const managers = [openManager(t, { storage }), openManager(t, { storage })];
  const { id } = await start(managers[0]!, 'exec sleep 100');
  for (const { jobs } of managers) await jobs.ready();
  const restarted = await Promise.all(managers.map((each) => each.restart(id, { kind: 'agent' })));
  assert.equal(new Set(restarted.map(({ job }) => job.id)).size, 1);
  assert.deepEqual(restarted.map(({ isExisting }) => isExisting).sort(), [false, true]);
  for (const { jobs } of managers) await jobs.ready();
  assert.equal(managers[0]!.jobs.running().length, 1);
});

// Promise: restart-once
test('restarts of a finished job by several managers at the same time start it once, even if it ends at once', async (t) => {
  const storage = storageFolder(t);
  const managers = [openManager(t, { storage }), openManager(t, { storage })];
  const { id } = await start(managers[0]!, 'exit 3');
  await untilEnd(managers[0]!, id);
  for (const { jobs } of managers) await jobs.ready();
  const first = managers[0]!.restart(id, { kind: 'agent' });
  // The second manager has not heard of the new job when it asks.
  const second = managers[1]!.restart(id, { kind: 'agent' });
  const [one, other] = await Promise.all([first, second]);
  assert.equal(one.job.id, other.job.id);
  assert.deepEqual([one.isExisting, other.isExisting].sort(), [false, true]);
  for (const manager of managers) await untilEnd(manager, one.job.id);
  const again = await managers[1]!.restart(id, { kind: 'agent' });
  assert.deepEqual([again.isExisting, again.job.id === one.job.id], [false, false]);
});

test('a restarted job whose new run was removed can be restarted again', async (t) => {
  const manager = openManager(t);
  const { id } = await start(manager, 'exit 3');
  await untilEnd(manager, id);
  const runs = new Set<string>();
  for (let run = 0; run < 3; run++) {
    const { job, isExisting } = await manager.restart(id, { kind: 'agent' });
    assert.equal(isExisting, false);
    runs.add(job.id);
    await untilEnd(manager, job.id);
    await manager.jobs.removeFinished(job.id);
  }
  assert.equal(runs.size, 3);
});

// Promise: remove-elsewhere
test('a job that one manager removes disappears for the others at their next load without a runner', async (t) => {
  const storage = storageFolder(t);
  const first = openManager(t, { storage });
  const ids = [(await start(first, 'true')).id, (await start(first, 'true')).id];
  for (const id of ids) await untilEnd(first, id);
  const runner = await runnerPid(storage);
  await first.dispose();
  while (isAlive(runner)) await new Promise(setImmediate);
  const [a, b] = [openManager(t, { storage }), openManager(t, { storage })];
  await a.jobs.ready();
  await b.jobs.ready();
  await b.jobs.removeFinished(ids[0]!);
  await a.jobs.ready();
  assert.deepEqual(
    a.jobs.list().map(({ id }) => id),
    [ids[1]],
  );
});

test(
  'a runner started from within a job is not one of its processes',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const storage = storageFolder(t);
    const manager = openManager(t, { storage, env: { ...process.env, [COOKIE]: 'another job' } });
    // While a process executes another program, its environment reads as empty.
    const job = await startReady(manager, 'echo ready; sleep 100; :');
    const environment = (pid: number): string => readFileSync(`/proc/${pid}/environ`, 'utf8');
    assert.equal(environment(await runnerPid(storage)).includes(COOKIE), false);
    assert.ok(environment(job.pid!).includes(`${COOKIE}=${job.id}`));
  },
);

// Promise: unreadable-files
test('an unreadable journal or address is an error, and no job becomes lost', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage, endJobsWithManager: false });
  const job = await start(manager, 'exec sleep 100');
  const [found] = await findRunners(storage, processes);
  const address = join(storage, 'runners', `${found!.generation}.json`);
  const text = readFileSync(address);
  // open(2) fails with ELOOP, which stands in for errors such as EIO.
  rmSync(address);
  symlinkSync(address, address);
  const other = openManager(t, { storage });
  await assert.rejects(other.jobs.ready(), { code: 'ELOOP' });
  rmSync(address);
  writeFileSync(address, text);
  await other.jobs.ready();
  assert.equal(other.jobs.get(job.id).status, 'running');
  const journal = join(storage, 'journal.older.jsonl');
  symlinkSync(journal, journal);
  assert.throws(() => new Journal(storage).read(), { code: 'ELOOP' });
  assert.throws(() => new Journal(storage).compact(), { code: 'ELOOP' });
  rmSync(journal);
  assert.equal(new Journal(storage).read().jobs.get(job.id)?.status, 'running');
  await manager.kill(job.id, 'agent');
});

// Promise: two-machines
test(
  'jobs and runners of another machine with the same storage are not taken for dead',
  { skip: !existsSync('/etc/machine-id') },
  async (t) => {
    const storage = storageFolder(t);
    const limits = { ...DEFAULT_LIMITS, maxConcurrentJobs: 1 };
    const settings = () => ({ limits, shell: '/bin/sh', cwd: storage, refuseAboveLimit: true });
    const manager = openManager(t, { storage, settings });
    const bootId = `another ${(await processes.bootId()).split(' ')[1]!} another`;
    const record = { ...makeSpec('make'), status: 'running', startedAt: 1, runner: 'there', bootId } as const;
    const journal = new Journal(storage);
    journal.recordJob(record);
    journal.recordJob({ ...record, id: 'queued', status: 'queued' });
    const before = { ...record, bootId: bootId.replace(/ another$/, '') };
    journal.recordJob({ ...before, id: 'before' });
    journal.recordJob({ ...before, id: 'queued-before', status: 'queued' });
    mkdirSync(join(storage, 'runners'));
    const address = join(storage, 'runners', '1.json');
    writeFileSync(address, JSON.stringify({ v: 1, runner: 'there', pid: 1, bootId, socket: '/tmp/bgj-x/s' }));
    const { id: own } = await start(manager, 'exec sleep 100');
    await assert.rejects(start(manager, 'true'), { message: new RegExp(`wait for its end: ${own}\\.$`) });
    assert.equal(manager.jobs.get(record.id).status, 'running');
    assert.equal(manager.jobs.get('queued').status, 'queued');
    assert.equal(new Journal(storage).read().jobs.get('queued')?.status, 'queued');
    assert.equal(manager.jobs.get('before').status, 'lost');
    assert.equal(manager.jobs.get('queued-before').status, 'failed');
    assert.ok(existsSync(address));
    for (const id of [record.id, 'queued']) {
      await assert.rejects(manager.kill(id, 'agent'), /runner/);
      await assert.rejects(manager.jobs.removeFinished(id), /Kill it first/);
    }
    journal.recordJob({ ...record, status: 'completed', endedAt: Date.now(), leftBehind: 0 });
    // The journal is read again after a second.
    await eventually('its end is read', async () => {
      await manager.jobs.ready();
      return manager.jobs.get(record.id).status === 'completed';
    });
  },
);
