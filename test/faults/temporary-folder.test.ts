import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { runnerPid, start, startReady, untilEnd } from '../support/jobs.ts';
import { startLimitedRunner } from '../support/limited-runner.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { atEnd, removeUsedFolder } from '../support/scratch.ts';

async function socketOf(storage: string): Promise<string> {
  const [found] = await findRunners(storage, systemProcessTable());
  return found!.address.socket;
}

/** Asserts that managers old and new reach the runner, and that it is the same. */
async function assertReachable(
  t: Parameters<typeof openManager>[0],
  storage: string,
  runner: number,
): Promise<void> {
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  const running = manager.jobs.list().filter(({ status }) => status === 'running');
  assert.equal(running.length, 1);
  const { id } = await start(manager, 'echo hi > /dev/stdout');
  const job = await untilEnd(manager, id);
  assert.equal(job.exitCode, 0);
  assert.notEqual(job.capture, 'socket');
  assert.equal(await runnerPid(storage), runner);
  await manager.dispose();
}

// Promise: socket-cleaned
test('a removed socket is created again, and jobs continue', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  await startReady(manager, 'echo ready; exec sleep 100');
  const runner = await runnerPid(storage);
  for (let round = 0; round < 3; round++) {
    const socket = await socketOf(storage);
    rmSync(socket);
    await eventually('there is a socket', async () => existsSync(await socketOf(storage)));
    await assertReachable(t, storage, runner);
  }
});

// Promise: socket-cleaned
test('a folder that is removed repeatedly is created again, and the last one goes with the runner', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  const { pid } = await startReady(manager, 'echo ready; exec sleep 100');
  const runner = await runnerPid(storage);
  for (let round = 0; round < 3; round++) {
    const socket = await socketOf(storage);
    // FIFOs may be made in it just now.
    removeUsedFolder(dirname(socket));
    await eventually('there is another one', async () => {
      const now = await socketOf(storage);
      return now !== socket && existsSync(now);
    });
    await assertReachable(t, storage, runner);
  }
  const last = await socketOf(storage);
  await manager.dispose();
  await eventually('the runner ends', () => !isAlive(runner));
  assert.equal(isAlive(pid!), false);
  assert.equal(existsSync(dirname(last)), false);
});

// Promise: socket-cleaned
test('without the temporary folder, connected clients continue, and others can connect once it is back', async (t) => {
  const storage = storageFolder(t);
  // Sockets need a short path. In XDG_RUNTIME_DIR, so that there is nothing else in it.
  const temporary = mkdtempSync(join(process.env.TMPDIR ?? '/tmp', 'test-'));
  atEnd(t, () => rmSync(temporary, { recursive: true, force: true }));
  const [usual, away] = [join(temporary, 't'), join(temporary, 'away')];
  mkdirSync(usual);
  chmodSync(usual, 0o700);
  const env = { ...process.env, TMPDIR: usual, XDG_RUNTIME_DIR: usual };
  const runner = await startLimitedRunner(t, storage, ['env'], env);
  const manager = openManager(t, { storage });
  await startReady(manager, 'echo ready; exec sleep 100');
  const socket = await socketOf(storage);
  assert.ok(socket.startsWith(usual));
  renameSync(usual, away);
  rmSync(dirname(socket.replace(usual, away)), { recursive: true });
  await untilEnd(manager, (await start(manager, 'echo without')).id);
  mkdirSync(usual);
  await eventually('there is a socket again', async () => existsSync(await socketOf(storage)));
  const later = openManager(t, { storage });
  await later.jobs.ready();
  assert.equal(later.jobs.list().filter(({ status }) => status === 'running').length, 1);
  assert.equal(await runnerPid(storage), runner);
});
