import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../test/support/runner.ts';
import { atEnd, scratchFolder } from '../../test/support/scratch.ts';
import { systemProcessTable } from '../processes/system-process-table.ts';
import { isPrivateFolder, PrivateFolder, sweepPrivateFolders } from './private-folder.ts';

// Promise: other-users
test('the folder is private, is created again if it was removed, and is removed at the end', async () => {
  const folder = new PrivateFolder();
  const [first, same] = await Promise.all([folder.ensure(), folder.ensure()]);
  assert.equal(same, first);
  assert.equal(statSync(first).mode & 0o777, 0o700);
  assert.equal(await folder.ensure(), first);
  assert.ok(isPrivateFolder(first));
  rmSync(first, { recursive: true });
  const second = await folder.ensure();
  assert.notEqual(second, first);
  folder.remove();
  assert.equal(existsSync(second), false);
});

test('a temporary folder with a long path is not used, since a socket address would not hold it', async (t) => {
  const before = process.env.XDG_RUNTIME_DIR;
  t.after(() => {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
  });
  const long = join(scratchFolder(t), 'x'.repeat(100));
  mkdirSync(long);
  process.env.XDG_RUNTIME_DIR = long;
  const folder = new PrivateFolder();
  assert.ok(join(await folder.ensure(), 's').length <= 103);
  folder.remove();
});

// Promise: killed-before-signing
test('a sweep removes folders of processes that are gone, and keeps those that may have an owner', async (t) => {
  const processes = systemProcessTable();
  const own = new PrivateFolder();
  atEnd(t, () => own.remove());
  const base = dirname(await own.ensure());
  const bootId = await processes.bootId();
  const { started } = (await processes.find(process.pid))!;
  const made = (name: string, owner?: unknown): string => {
    const path = mkdtempSync(join(base, `bgj-${name}-`));
    atEnd(t, () => rmSync(path, { recursive: true, force: true }));
    writeFileSync(join(path, 's'), '');
    if (owner !== undefined) writeFileSync(join(path, 'owner.json'), JSON.stringify(owner));
    return path;
  };
  const empty = (name: string, ageSeconds: number): string => {
    const path = mkdtempSync(join(base, `bgj-${name}-`));
    atEnd(t, () => rmSync(path, { recursive: true, force: true }));
    const time = Date.now() / 1000 - ageSeconds;
    utimesSync(path, time, time);
    return path;
  };
  const gone = [
    empty('old', 60),
    made('reused', { pid: process.pid, started: `${started}0`, bootId }),
    made('before', { pid: process.pid, started, bootId: 'before the restart' }),
  ];
  const kept = [
    await own.ensure(),
    made('other', { pid: process.pid, started, bootId }),
    made('namespace', { pid: process.pid, started: '1', bootId: `${bootId}0` }),
    made('unsigned'),
    // It stays new for the time of the test.
    empty('new', -60),
    made('nonsense', { pid: 'x' }),
  ];
  // Other tests sweep the same folder. If two meet at a folder, both may leave it to the next one.
  await eventually('those of processes that are gone are removed', async () => {
    await sweepPrivateFolders(processes);
    return !gone.some(existsSync);
  });
  assert.deepEqual(kept.filter(existsSync), kept);
});

test('the folder is created again at the same path, unless others could write there', async () => {
  const folder = new PrivateFolder();
  const path = await folder.ensure();
  rmSync(path, { recursive: true });
  await folder.restore();
  assert.equal(statSync(path).mode & 0o777, 0o700);
  await folder.restore();
  rmSync(path, { recursive: true });
  mkdirSync(path);
  chmodSync(path, 0o777);
  await assert.rejects(folder.restore(), /belongs to another user/);
  rmSync(path, { recursive: true });
  writeFileSync(path, '');
  await assert.rejects(folder.restore(), /belongs to another user/);
  folder.remove();
});

// Promise: other-users
test('a sweep follows no link, and leaves the folders of other users alone', async (t) => {
  const processes = systemProcessTable();
  const own = new PrivateFolder();
  atEnd(t, () => own.remove());
  const base = dirname(await own.ensure());
  const gone = JSON.stringify({ pid: process.pid, started: 'earlier', bootId: await processes.bootId() });
  const target = scratchFolder(t);
  const foreign = mkdtempSync(join(base, 'bgj-foreign-'));
  const left = mkdtempSync(join(base, 'bgj-left-'));
  const link = join(base, `bgj-link-${process.pid}`);
  symlinkSync(target, link);
  atEnd(t, () => {
    for (const path of [foreign, left, link]) rmSync(path, { recursive: true, force: true });
  });
  for (const folder of [target, foreign, left]) {
    writeFileSync(join(folder, 'precious'), '');
    writeFileSync(join(folder, 'owner.json'), gone);
  }
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(foreign, 12345, 12345);
  await eventually('the own folder is removed', async () => {
    await sweepPrivateFolders(processes);
    return !existsSync(left);
  });
  assert.equal(existsSync(join(target, 'precious')), true);
  // Only root can give a folder away.
  assert.equal(existsSync(join(foreign, 'precious')), isRoot);
});
