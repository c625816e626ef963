import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { sweepPrivateFolders } from '../../src/sockets/private-folder.ts';
import { rawLog, start, untilEnd, untilPrinted } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';

interface Host {
  readonly pid: number;
  /** Paths of the sockets of its MCP endpoint and of the runner. */
  readonly endpoint: string;
  readonly runnerSocket: string;
  readonly runner: number;
  readonly jobs: readonly { readonly id: string; readonly pid: number }[];
}

/** A process like an extension host: a manager with running jobs, and the MCP endpoint. */
async function startHost(context: TestContext, storage: string, keepAliveSeconds: number): Promise<Host> {
  const script = join(import.meta.dirname, '..', 'support', 'host.ts');
  const child = spawn(process.execPath, [script, storage, String(keepAliveSeconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  atEnd(context, () => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid!, ...(JSON.parse(line.toString()) as Omit<Host, 'pid'>) };
}

async function crash({ pid }: Host): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await eventually('the host is gone', () => !isAlive(pid));
}

// Promise: host-killed
test('jobs continue with all their output when the host is killed and a new one starts', async (t) => {
  const storage = storageFolder(t);
  const host = await startHost(t, storage, 600);
  await crash(host);
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  assert.deepEqual(
    manager.jobs.list().map(({ id, status }) => [id, status]),
    host.jobs.map(({ id }) => [id, 'running']),
  );
  for (const { id, pid } of host.jobs) {
    assert.equal(isAlive(pid), true);
    await manager.input.write(id, 'still there\n', false);
    await untilPrinted(manager, id, 'got still there');
    assert.match(rawLog(manager, id).toString(), /^ready\ngot still there\n$/);
    await manager.kill(id, 'agent');
  }
  await eventually('its folder is swept', () => !existsSync(dirname(host.endpoint)));
});

// Promise: host-killed-for-good
test('nothing remains when the host is killed and no client returns', async (t) => {
  // A killed process closes its sockets a moment before it is gone. Its folder can only be swept after that.
  const storage = storageFolder(t);
  const host = await startHost(t, storage, 1);
  await crash(host);
  await eventually('the runner ends', () => !isAlive(host.runner));
  assert.deepEqual(
    host.jobs.filter(({ pid }) => isAlive(pid)),
    [],
  );
  for (const socket of [host.endpoint, host.runnerSocket]) assert.equal(existsSync(dirname(socket)), false);
  // The files that should stay, without locks, addresses and partial files.
  assert.deepEqual(readdirSync(storage).sort(), [
    'jobs',
    'journal.base.jsonl',
    'journal.jsonl',
    'runner.log',
    'runners',
  ]);
  assert.deepEqual(readdirSync(join(storage, 'runners')), []);
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  for (const { status, endedBy } of manager.jobs.list())
    assert.deepEqual([status, endedBy], ['killed', 'shutdown']);
});

// Promise: host-and-runner-killed
test('jobs are lost and nothing remains when host and runner are killed together', async (t) => {
  const storage = storageFolder(t);
  const host = await startHost(t, storage, 600);
  process.kill(host.runner, 'SIGKILL');
  await crash(host);
  await eventually('the runner is gone', () => !isAlive(host.runner));
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  for (const { id, pid } of host.jobs) {
    assert.equal(manager.jobs.get(id).status, 'lost');
    assert.equal(isAlive(pid), false);
  }
  for (const socket of [host.endpoint, host.runnerSocket]) assert.equal(existsSync(dirname(socket)), false);
  assert.equal((await untilEnd(manager, (await start(manager, 'true')).id)).status, 'completed');
});

test('a sweep keeps the folders of living processes', async (t) => {
  const host = await startHost(t, scratchFolder(t), 0);
  await sweepPrivateFolders(systemProcessTable());
  assert.equal(existsSync(host.endpoint), true);
  assert.equal(existsSync(host.runnerSocket), true);
  await crash(host);
  await eventually('the runner ends', () => !isAlive(host.runner));
});
