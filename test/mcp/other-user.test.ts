// What another user of the machine can reach. Needs root to start processes as other users.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { startReady } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { openOwnEndpoint } from '../support/own-endpoint.ts';
import { atEnd } from '../support/scratch.ts';

const NOBODY = 65_534;
/** Opens every folder above ours to that user. */
const OPEN = '/tmp';

/** Runs attempts as another user. @returns the name of the error of each, or `done` */
function asNobody(...tries: readonly string[]): string[] {
  const script = `
    const [fs, net] = [require('fs'), require('net')];
    const tell = (result) => console.log(result);
    const attempt = (action) => { try { action(); tell('done'); } catch (error) { tell(error.code); } };
    const dial = (path) => new Promise((resolve) => {
      const socket = net.connect(path);
      socket.on('connect', () => resolve(socket.end() && tell('done')));
      socket.on('error', (error) => resolve(tell(error.code)));
    });
    void (async () => { ${tries.map((each) => `await ${each};`).join('\n')} process.exit(); })();`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], {
    uid: NOBODY,
    gid: NOBODY,
    cwd: '/',
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout.trim().split('\n');
}

function read(path: string): string {
  return `attempt(() => fs.statSync(${JSON.stringify(path)}).isDirectory() ? fs.readdirSync(${JSON.stringify(path)}) : fs.readFileSync(${JSON.stringify(path)}))`;
}

function dial(path: string): string {
  return `dial(${JSON.stringify(path)})`;
}

/** Creates all our files below a folder that others can enter, so that only our own folders keep them out. */
function useOpenFolder(t: TestContext): string {
  const folder = mkdtempSync(join(OPEN, 'test-'));
  chmodSync(folder, 0o755);
  const { TMPDIR, XDG_RUNTIME_DIR } = process.env;
  atEnd(t, () => {
    Object.assign(process.env, { TMPDIR, XDG_RUNTIME_DIR });
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    if (XDG_RUNTIME_DIR === undefined) delete process.env.XDG_RUNTIME_DIR;
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  process.env.TMPDIR = folder;
  delete process.env.XDG_RUNTIME_DIR;
  return folder;
}

/** The reason to skip the tests here, for node:test. */
function obstacle(): string | false {
  if (process.getuid?.() !== 0) return 'only root can start processes of another user';
  const { status } = spawnSync(process.execPath, ['--version'], { uid: NOBODY, gid: NOBODY, cwd: '/' });
  return status === 0 ? false : 'another user cannot run the Node of this test';
}

const skip = obstacle();

// Promise: other-users
test(
  'another user cannot connect to the endpoint or the runner, or read the storage',
  { skip },
  async (t) => {
    const folder = useOpenFolder(t);
    const storage = storageFolder(t);
    const manager = openManager(t, { storage });
    const endpoint = await openOwnEndpoint(manager, '1.2.3');
    atEnd(t, () => endpoint.close());
    const { id } = await startReady(manager, 'echo ready; exec sleep 100');
    const [runner] = await findRunners(storage, systemProcessTable());
    const runnerSocket = runner!.address.socket;
    const sockets = [endpoint.socket, runnerSocket];
    for (const socket of sockets) {
      assert.equal(dirname(dirname(socket)), folder);
      assert.equal(statSync(dirname(socket)).mode & 0o777, 0o700);
    }
    const log = manager.logs.folder(id);
    const files = [join(storage, 'journal.jsonl'), ...readdirSync(log).map((name) => join(log, name))];
    const paths = [
      ...sockets.map((socket) => dirname(socket)),
      storage,
      join(storage, 'runners'),
      log,
      ...files,
    ];
    const refused = asNobody(...sockets.map(dial), ...paths.map(read));
    assert.deepEqual([...new Set(refused)], ['EACCES']);
    assert.equal(refused.length, sockets.length + paths.length);

    // Not only the folder is closed, its content is, too. Once everything is open, the user can connect, so the test works.
    for (const path of [...sockets.map((socket) => dirname(socket)), storage, dirname(log), log])
      chmodSync(path, 0o755);
    assert.deepEqual([...new Set(asNobody(...sockets.map(dial), ...files.map(read)))], ['EACCES']);
    for (const socket of sockets) chmodSync(socket, 0o777);
    assert.deepEqual(asNobody(...sockets.map(dial)), ['done', 'done']);
  },
);
