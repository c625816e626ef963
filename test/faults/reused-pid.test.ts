import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { rawLog, start, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { isLong } from '../support/repeats.ts';
import { isAlive, makeSpec } from '../support/runner.ts';
import { atEnd } from '../support/scratch.ts';

const processes = systemProcessTable();

/** Starts a process that leads its own group, as the shell of a job does, but belongs to no job. */
async function startStranger(context: TestContext): Promise<ChildProcess> {
  const stranger = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' });
  atEnd(context, async () => {
    if (isAlive(stranger.pid!) && stranger.kill('SIGKILL')) await once(stranger, 'exit');
  });
  await once(stranger, 'spawn');
  return stranger;
}

// Promise: reused-pid
test('a process that got the pid of a lost job is left alone', async (t) => {
  const storage = storageFolder(t);
  const stranger = await startStranger(t);
  const { pid } = stranger as { pid: number };
  const bootId = await processes.bootId();
  const began = {
    ...makeSpec('sleep 100'),
    status: 'running',
    startedAt: 1,
    runner: randomUUID(),
    pid,
  } as const;
  const journal = new Journal(storage);
  const started = (await processes.find(pid))!.started;
  // Another start time, another boot, an unknown start time, and a pid that was never recorded.
  const forms = [{ pidStarted: '1', bootId }, { pidStarted: started, bootId: 'before' }, { bootId }, {}];
  for (const form of forms) journal.recordJob({ ...began, id: randomUUID(), ...form });
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  assert.deepEqual(
    manager.jobs.list().map(({ status }) => status),
    forms.map(() => 'lost'),
  );
  assert.equal(isAlive(pid), true);
});

// Promise: reused-pid
test('a kill of a finished job spares a process that got the pid of its shell', async (t) => {
  if (!isLong) {
    t.skip('gives pids out again, by which tests beside this one would be misled; see npm run test:long');
    return;
  }
  const manager = openManager(t);
  // Start times have a resolution of 10 ms (proc(5), starttime). No pid is reused that fast by itself.
  const job = await start(manager, 'setsid sleep 100 > /dev/null 2>&1 & echo $!; sleep 0.1');
  await untilEnd(manager, job.id);
  const left = Number(rawLog(manager, job.id).toString());
  const stranger = await takePid(t, job.pid!);
  if (stranger === undefined) {
    t.skip('needs the right to choose the next pid, and nobody else who starts processes');
    return;
  }
  const { survivors } = await manager.kill(job.id, 'agent', { graceMs: 200 });
  assert.deepEqual(survivors, []);
  assert.equal(isAlive(left), false);
  assert.equal(isAlive(stranger), true);
});

/** Starts an unrelated process with a given pid, which a file selects (proc(5), ns_last_pid). */
async function takePid(context: TestContext, pid: number): Promise<number | undefined> {
  for (let tries = 0; tries < 50; tries++) {
    try {
      writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
    } catch {
      return undefined;
    }
    const stranger = await startStranger(context);
    if (stranger.pid === pid) return pid;
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
  }
  return undefined;
}
