import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../test/support/scratch.ts';
import { isPrivateFolder, PrivateFolder } from './private-folder.ts';

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
