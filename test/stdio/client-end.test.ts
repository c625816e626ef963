import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSession, runnersOf } from '../support/mcp-session.ts';
import { scratchFolder } from '../support/scratch.ts';
import { isAlive, untilGone } from './support/processes.ts';
import { run, start, startReady } from './support/session.ts';

/** Starts a job with a child. @returns the pids of both */
const FAMILY = 'sleep 100 & echo $!; echo ready; wait';

function pidsOf({ pid, log }: { pid: number; log: string }): number[] {
  return [pid, Number(log.split('\n')[0])];
}

// Promise: no-orphans
test('the server, its running jobs and the runner end when the client disconnects', async (t) => {
  const session = await openSession(t);
  const jobs = [await startReady(session, FAMILY), await startReady(session, FAMILY)];
  const pids = [...jobs.flatMap(pidsOf), ...runnersOf(session.storage), session.pid];
  assert.equal(pids.length, 6);
  assert.deepEqual(
    pids.filter((pid) => !isAlive(pid)),
    [],
  );
  await session.close();
  await untilGone(...pids);
});

test('everything ends when the client disconnects during a wait', async (t) => {
  const session = await openSession(t);
  const job = await startReady(session, FAMILY);
  const pids = [...pidsOf(job), ...runnersOf(session.storage), session.pid];
  const waiting = session.call('wait', { job_id: job.id, wait_s: 50 });
  await Promise.all([session.close(), assert.rejects(waiting)]);
  await untilGone(...pids);
});

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  // Promise: no-orphans
  test(`running jobs and the runner end when the server gets ${signal}`, async (t) => {
    const session = await openSession(t);
    const job = await startReady(session, FAMILY);
    const pids = [...pidsOf(job), ...runnersOf(session.storage), session.pid];
    process.kill(session.pid, signal);
    await untilGone(...pids);
  });
}

test('a job can clean up when the client disconnects', async (t) => {
  // On a busy machine it may need more than the usual 2 s.
  const session = await openSession(t, { args: ['--grace-seconds', '30'] });
  const mark = join(scratchFolder(t), 'mark');
  const command = `trap 'sleep 0.2; echo > "$MARK"; exit' TERM; echo ready; while :; do sleep 0.02; done`;
  const { pid } = await startReady(session, command, { env: { MARK: mark } });
  await session.close();
  await untilGone(pid);
  assert.equal(existsSync(mark), true);
});

test('a job that ignores the signal is killed', async (t) => {
  const session = await openSession(t);
  const { pid } = await startReady(session, `trap '' TERM HUP; echo ready; while :; do sleep 0.02; done`);
  await session.close();
  await untilGone(pid);
});

test('a job that is being started ends when the client disconnects', async (t) => {
  const session = await openSession(t);
  await run(session, 'true');
  const runners = runnersOf(session.storage);
  const mark = join(scratchFolder(t), 'pid');
  const starting = start(session, 'echo $$ > "$MARK"; exec sleep 100', { env: { MARK: mark } });
  await Promise.all([session.close(), starting.catch(() => undefined)]);
  await untilGone(...runners);
  if (existsSync(mark)) await untilGone(Number(readFileSync(mark, 'utf8')));
});

test('a server without work leaves no process and no folder', async (t) => {
  const storage = join(scratchFolder(t), 'storage');
  const session = await openSession(t, { storage });
  await session.call('list');
  assert.deepEqual(runnersOf(storage), []);
  await session.close();
  assert.equal(existsSync(storage), false);
});
