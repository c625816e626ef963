import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { atEnd, scratchFolder } from '../../test/support/scratch.ts';
import { isPrivateFolder, PrivateFolder, sweepPrivateFolders } from './private-folder.ts';
import { systemProcessTable } from './processes/process-table.ts';

test('the folder is private, made anew when it was removed, and goes at the end', () => {
  const folder = new PrivateFolder();
  const first = folder.ensure();
  assert.equal(statSync(first).mode & 0o777, 0o700);
  assert.equal(folder.ensure(), first);
  assert.ok(isPrivateFolder(first));
  rmSync(first, { recursive: true });
  const second = folder.ensure();
  assert.notEqual(second, first);
  folder.remove();
  assert.equal(existsSync(second), false);
});

test('a temporary folder with a long path is passed over: a socket address would not hold it', (t) => {
  const before = process.env.XDG_RUNTIME_DIR;
  t.after(() => {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
  });
  const long = join(scratchFolder(t), 'x'.repeat(100));
  mkdirSync(long);
  process.env.XDG_RUNTIME_DIR = long;
  const folder = new PrivateFolder();
  assert.ok(join(folder.ensure(), 's').length <= 103);
  folder.remove();
});

test('a sweep removes folders of processes that are gone, and leaves those that may have an owner', async (t) => {
  const processes = systemProcessTable();
  const own = new PrivateFolder();
  atEnd(t, () => own.remove());
  const base = dirname(own.ensure());
  const bootId = await processes.bootId();
  const { started } = (await processes.find(process.pid))!;
  const made = (name: string, owner?: unknown): string => {
    const path = mkdtempSync(join(base, `bgj-${name}-`));
    atEnd(t, () => rmSync(path, { recursive: true, force: true }));
    writeFileSync(join(path, 's'), '');
    if (owner !== undefined) writeFileSync(join(path, 'owner.json'), JSON.stringify(owner));
    return path;
  };
  const gone = [
    made('reused', { pid: process.pid, started: `${started}0`, bootId }),
    made('before', { pid: process.pid, started, bootId: 'before the restart' }),
  ];
  const kept = [
    own.ensure(),
    made('other', { pid: process.pid, started, bootId }),
    made('namespace', { pid: process.pid, started: '1', bootId: `${bootId}0` }),
    made('unsigned'),
    made('nonsense', { pid: 'x' }),
  ];
  await sweepPrivateFolders(processes);
  assert.deepEqual(gone.filter(existsSync), []);
  assert.deepEqual(kept.filter(existsSync), kept);
});
