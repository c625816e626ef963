import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { findPackageManager } from './package-manager.ts';

interface Workspace {
  /** Values of the `packageManager` field, by folder. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly setting?: unknown;
}

/** @param files paths of lock files, relative to the workspace folder */
async function find(
  t: TestContext,
  folder: string,
  files: readonly string[],
  { fields = {}, setting }: Workspace = {},
): Promise<string> {
  const root = join(scratchFolder(t), 'workspace');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  mkdirSync(join(root, folder), { recursive: true });
  for (const file of files) write(join(root, file), '');
  for (const [name, packageManager] of Object.entries(fields)) {
    write(join(root, name, 'package.json'), `\ufeff${JSON.stringify({ packageManager })}`);
  }
  return findPackageManager(join(root, folder), { root, setting });
}

test('recognizes a package manager by its lock file', async (t) => {
  for (const [file, manager] of [
    ['package-lock.json', 'npm'],
    ['npm-shrinkwrap.json', 'npm'],
    ['pnpm-lock.yaml', 'pnpm'],
    ['yarn.lock', 'yarn'],
    ['bun.lock', 'bun'],
    ['bun.lockb', 'bun'],
  ] as const) {
    assert.equal(await find(t, '', [file]), manager);
  }
  assert.equal(await find(t, '', []), 'npm');
  assert.equal(await find(t, '', ['package-lock.json', 'pnpm-lock.yaml']), 'pnpm');
});

test('uses the nearest lock file up to the workspace folder', async (t) => {
  assert.equal(await find(t, 'packages/a', ['pnpm-lock.yaml']), 'pnpm');
  assert.equal(await find(t, 'packages/a', ['pnpm-lock.yaml', 'packages/a/yarn.lock']), 'yarn');
  assert.equal(await find(t, 'packages/a', ['packages/b/yarn.lock', '../yarn.lock']), 'npm');
});

test('searches only the folder itself if it is outside of the workspace folder', async (t) => {
  assert.equal(await find(t, '../elsewhere/a', ['../elsewhere/a/yarn.lock']), 'yarn');
  assert.equal(await find(t, '../elsewhere/a', ['../elsewhere/yarn.lock']), 'npm');
});

test('prefers the field packageManager to a lock file beside it', async (t) => {
  const fields = { '': 'pnpm@9.1.0+sha512.abc' };
  assert.equal(await find(t, '', ['package-lock.json'], { fields }), 'pnpm');
  assert.equal(await find(t, 'a', ['a/yarn.lock'], { fields }), 'yarn');
  for (const field of ['unknown@1', 7, '', null])
    assert.equal(await find(t, '', ['yarn.lock'], { fields: { '': field } }), 'yarn');
});

test('prefers the setting unless it names no package manager', async (t) => {
  assert.equal(await find(t, '', ['yarn.lock'], { setting: 'bun', fields: { '': 'pnpm@9' } }), 'bun');
  for (const setting of ['auto', 'else', undefined, 3])
    assert.equal(await find(t, '', ['yarn.lock'], { setting }), 'yarn');
});
