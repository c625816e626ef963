import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { launchRunner } from '../../src/jobs/runners/runner-launch.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import {
  eventually,
  isAlive,
  makeSpec,
  RUNNER_SCRIPT,
  startJob,
  startRunner,
  untilEnded,
} from '../support/runner.ts';
import { removeUsedFolder, scratchFolder } from '../support/scratch.ts';

// Promise: runner-race
test('of five runners that start at the same time in one storage folder, one survives', async (t) => {
  const storage = scratchFolder(t);
  await Promise.all(Array.from({ length: 5 }, () => launchRunner(RUNNER_SCRIPT, storage, process.env)));
  const found = await findRunners(storage, systemProcessTable());
  assert.equal(found.length, 1);
  process.kill(found[0]!.address.pid, 'SIGTERM');
  await eventually('it ends', () => !isAlive(found[0]!.address.pid));
  assert.equal((await findRunners(storage, systemProcessTable())).length, 0);
});

test('a dead runner’s address does not keep a new one from starting', async (t) => {
  const runner = await startRunner(t);
  const { pid } = await runner.address();
  process.kill(pid, 'SIGKILL');
  await eventually('it is gone', () => !isAlive(pid));
  await launchRunner(RUNNER_SCRIPT, runner.storage, process.env);
  const next = await runner.address();
  assert.notEqual(next.pid, pid);
  process.kill(next.pid, 'SIGTERM');
  await eventually('the new one ends', () => !isAlive(next.pid));
});

test('without clients and jobs the runner exits and removes its socket and its address', async (t) => {
  const runner = await startRunner(t);
  const { pid, socket } = await runner.address();
  const link = await runner.connect({ keepAliveMs: 3_600_000 });
  link.close();
  await eventually('the runner ends', () => !isAlive(pid));
  assert.equal(existsSync(dirname(socket)), false);
  assert.deepEqual(await findRunners(runner.storage, systemProcessTable()), []);
});

test('without a client for the keep-alive time the runner ends its jobs and exits', async (t) => {
  const runner = await startRunner(t);
  const { pid } = await runner.address();
  const link = await runner.connect({ keepAliveMs: 50 });
  const job = await startJob(link, makeSpec('sleep 100'));
  link.close();
  await eventually('the runner ends', () => !isAlive(pid));
  assert.equal(isAlive(job.pid!), false);
  const recorded = new Journal(runner.storage).read().jobs.get(job.id);
  assert.deepEqual([recorded?.status, recorded?.endedBy], ['killed', 'shutdown']);
});

test('jobs that end do not extend the keep-alive time of the others', async (t) => {
  const runner = await startRunner(t);
  const { pid } = await runner.address();
  const link = await runner.connect({ keepAliveMs: 500 });
  const jobs: string[] = [];
  // One ends every 0.2 s, until long after.
  for (let count = 1; count <= 40; count++)
    jobs.push((await startJob(link, makeSpec(`exec sleep ${count / 5}`))).id);
  link.close();
  await eventually('the runner ends', () => !isAlive(pid));
  const recorded = new Journal(runner.storage).read().jobs;
  assert.equal(recorded.get(jobs[0]!)?.status, 'completed');
  assert.deepEqual([recorded.get(jobs.at(-1)!)?.endedBy], ['shutdown']);
});

test('ends of jobs are recorded and timeouts apply while no client is connected', async (t) => {
  const runner = await startRunner(t);
  const link = await runner.connect({ keepAliveMs: null });
  const keeper = await startJob(link, makeSpec('sleep 100'));
  const quick = await startJob(link, makeSpec('sleep 0.1; exit 3'));
  const limited = await startJob(link, makeSpec('sleep 100', { timeoutMs: 100 }));
  link.close();
  const journal = new Journal(runner.storage);
  const recorded = (id: string) => journal.read().jobs.get(id);
  await eventually('both have ended', () => {
    return recorded(quick.id)?.status !== 'running' && recorded(limited.id)?.status !== 'running';
  });
  assert.equal(recorded(quick.id)?.exitCode, 3);
  assert.equal(recorded(limited.id)?.endedBy, 'timeout');
  const again = await runner.connect();
  assert.deepEqual(
    again.jobs.map(({ id }) => id),
    [keeper.id],
  );
});

test('the jobs of a client that requested it end with its connection, and those of others continue', async (t) => {
  const runner = await startRunner(t);
  const leaving = await runner.connect({ endJobsWithClient: true });
  const staying = await runner.connect();
  const mine = await startJob(leaving, makeSpec('sleep 100'));
  const other = await startJob(staying, makeSpec('sleep 100'));
  const ended = untilEnded(staying, mine.id);
  leaving.close();
  assert.equal((await ended).endedBy, 'shutdown');
  assert.equal(isAlive(other.pid!), true);
});

// Promise: socket-cleaned
test('a socket that a cleanup tool removed is created again, and connected clients notice nothing', async (t) => {
  const runner = await startRunner(t);
  const before = await runner.address();
  const link = await runner.connect();
  // FIFOs may be made in it just now.
  removeUsedFolder(dirname(before.socket));
  await eventually('there is a new address', async () => (await runner.address()).socket !== before.socket);
  const second = await runner.connect();
  const spec = makeSpec('echo hi > /dev/stderr');
  const told = once(second, 'changed');
  const job = await startJob(link, spec);
  await told;
  assert.equal(job.capture, 'fifo');
});

test('on SIGTERM the runner shuts down its jobs', async (t) => {
  const runner = await startRunner(t);
  const { pid } = await runner.address();
  const link = await runner.connect();
  const job = await startJob(link, makeSpec('trap "" TERM; sleep 100 & wait'));
  process.kill(pid, 'SIGTERM');
  await eventually('the runner ends', () => !isAlive(pid));
  assert.equal(isAlive(job.pid!), false);
  assert.equal(new Journal(runner.storage).read().jobs.get(job.id)?.endedBy, 'shutdown');
});
