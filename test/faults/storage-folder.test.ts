import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Journal } from '../../src/protocol/journal.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { rawLog, runnerPid, start, startReady, untilEnd, untilPrinted } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { atEnd, removeUsedFolder, scratchFolder } from '../support/scratch.ts';

/**
 * Makes every later write to a newly opened file in a storage folder fail.
 *
 * @returns a function that allows writes again, or undefined if this system does not support it
 */
function forbidWriting(context: TestContext, storage: string): (() => void) | undefined {
  const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;
  // A separate mount, because files of the other one are open for writing, so it cannot become read-only.
  if (process.platform === 'linux' && mount('--bind', storage, storage)) {
    const allow = (): unknown => spawnSync('umount', ['-l', storage]);
    atEnd(context, allow);
    return mount('-o', 'remount,bind,ro', storage) ? allow : undefined;
  }
  // Mode bits do not apply to root.
  if (process.getuid?.() === 0) return undefined;
  const names = ['', 'jobs', 'runners', 'journal.jsonl'];
  const paths = names.map((name) => join(storage, name)).filter((path) => existsSync(path));
  for (const path of paths) chmodSync(path, 0o500);
  const allow = (): void => {
    for (const path of paths) chmodSync(path, 0o700);
  };
  atEnd(context, allow);
  return allow;
}

// Promise: storage-read-only
test('jobs in a storage folder that became read-only run, can be killed, and are recorded later', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  const { id } = await startReady(manager, 'echo ready; read line; echo "got $line"; exit 4');
  const other = await startReady(manager, 'echo ready; exec sleep 100');
  const runner = await runnerPid(storage);
  const allow = forbidWriting(t, storage);
  if (allow === undefined) {
    t.skip('root may write everywhere here, and may not mount');
    return;
  }
  await manager.input.write(id, 'it\n', false);
  assert.equal((await untilEnd(manager, id)).exitCode, 4);
  assert.equal((await manager.kill(other.id, 'agent')).job.status, 'killed');
  assert.equal(isAlive(other.pid!), false);
  const refused = await start(manager, 'true');
  assert.match(refused.error ?? '', /EROFS|EACCES/);
  // Other managers can read the existing files.
  const reader = openManager(t, { storage });
  await reader.jobs.ready();
  assert.equal(reader.jobs.get(id).exitCode, 4);
  await reader.dispose();

  allow();
  assert.equal((await untilEnd(manager, (await start(manager, 'echo again')).id)).status, 'completed');
  const { jobs } = new Journal(storage).read();
  assert.deepEqual([jobs.get(id)?.exitCode, jobs.get(other.id)?.status], [4, 'killed']);
  await manager.dispose();
  await eventually('the runner ends', () => !isAlive(runner));
});

// Promise: storage-read-only
test('a start in a read-only storage folder reports the reason, and nothing else fails', async (t) => {
  const storage = storageFolder(t);
  const allow = forbidWriting(t, storage);
  if (allow === undefined) {
    t.skip('root may write everywhere here, and may not mount');
    return;
  }
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  await assert.rejects(
    start(manager, 'true'),
    /^JobError: The job runner cannot be started: The (file|folder) \S+ cannot be written \((EROFS|EACCES)\)\./,
  );
  assert.deepEqual(manager.jobs.list(), []);
  allow();
  assert.equal((await untilEnd(manager, (await start(manager, 'true')).id)).status, 'completed');
});

// Promise: storage-read-only
test('a runner whose storage folder became read-only still exits with its jobs', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  const { pid } = await startReady(manager, 'echo ready; exec sleep 100');
  const runner = await runnerPid(storage);
  const allow = forbidWriting(t, storage);
  if (allow === undefined) {
    t.skip('root may write everywhere here, and may not mount');
    return;
  }
  await manager.dispose();
  await eventually('the runner ends', () => !isAlive(runner));
  assert.equal(isAlive(pid!), false);
  allow();
});

// Promise: job-folder-deleted
test('a job whose folder is deleted continues, and its later output is kept', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  const command = 'echo ready; while read line; do echo "got $line"; done; exit 4';
  const { id } = await startReady(manager, command);
  rmSync(logFolder(storage, id), { recursive: true });
  // The log checks its file with each record: on another stream, or 100 ms later.
  await eventually('output is kept again', async () => {
    await manager.input.write(id, 'a line\n', false);
    return rawLog(manager, id).includes('got a line\n');
  });
  await manager.input.write(id, 'the last\n', true);
  assert.equal((await untilEnd(manager, id)).exitCode, 4);
  const { start: first, end } = manager.logs.range(id);
  assert.ok(first >= Buffer.byteLength('ready\n'));
  assert.equal(manager.jobs.get(id).outputEnd, end);
  assert.match(rawLog(manager, id).toString(), /^(got a line\n)+got the last\n$/);
});

// Promise: storage-deleted
test('jobs of a deleted storage folder can be ended, nothing recreates it, and a new one works', async (t) => {
  const storage = join(scratchFolder(t), 'storage');
  const manager = openManager(t, { storage });
  const { id, pid } = await startReady(manager, 'echo ready; read line; echo "got $line"; exec sleep 100');
  const runner = await runnerPid(storage);
  // The runner may be preparing the log of the next job in it.
  removeUsedFolder(storage);
  const refused = await start(manager, 'true');
  assert.equal(refused.error, `The folder ${storage} does not exist (ENOENT).`);
  await manager.input.write(id, 'it\n', false);
  const { job, survivors } = await manager.kill(id, 'agent');
  assert.deepEqual([job.status, survivors], ['killed', []]);
  assert.equal(isAlive(pid!), false);
  assert.equal(existsSync(storage), false);
  await manager.dispose();
  await eventually('the runner ends', () => !isAlive(runner));
  assert.equal(existsSync(storage), false);
  const next = openManager(t, { storage });
  const again = await start(next, 'echo again');
  await untilEnd(next, again.id);
  assert.equal(rawLog(next, again.id).toString(), 'again\n');
});

// Promise: storage-recreated
test('jobs start and are stored in a storage folder that was emptied, and later output of running jobs is too', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  const { id } = await startReady(manager, 'echo ready; while read line; do echo "got $line"; done');
  removeUsedFolder(storage);
  mkdirSync(storage);
  const { id: next } = await start(manager, 'echo next');
  assert.equal((await untilEnd(manager, next)).status, 'completed');
  assert.equal(rawLog(manager, next).toString(), 'next\n');
  await eventually('output is kept again', async () => {
    await manager.input.write(id, 'a line\n', false);
    return rawLog(manager, id).includes('got a line\n');
  });
  await manager.input.write(id, '', true);
  assert.equal((await untilEnd(manager, id)).exitCode, 0);
  const { jobs } = new Journal(storage).read();
  assert.deepEqual([jobs.get(id)?.status, jobs.get(next)?.status], ['completed', 'completed']);
});

// Promise: cwd-missing
test('a job whose working folder is removed continues, and a restart names what is missing', async (t) => {
  const manager = openManager(t);
  const cwd = join(scratchFolder(t), 'cwd');
  mkdirSync(cwd);
  const { id } = await startReady(manager, 'echo ready; read line; echo "got $line"; exec sleep 100', {
    cwd,
  });
  rmSync(cwd, { recursive: true });
  await manager.input.write(id, 'it\n', false);
  await untilPrinted(manager, id, 'got it');
  await assert.rejects(manager.restart(id, { kind: 'agent' }), /does not exist/);
  assert.equal(manager.jobs.get(id).status, 'running');
  await manager.kill(id, 'agent');
});
