import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPackageManager, type PackageManager } from './package-manager.ts';

const ROOT = join('/', 'w');

/** @param files paths below the workspace folder; @param fields of the package.json in a folder of it */
function find(
  folder: string,
  files: readonly string[],
  { setting, fields = {} }: { setting?: unknown; fields?: Readonly<Record<string, unknown>> } = {},
): PackageManager {
  const paths = new Set(files.map((file) => join(ROOT, file)));
  return findPackageManager(join(ROOT, folder), {
    root: ROOT,
    setting,
    exists: (path) => paths.has(path),
    field: (path) => Object.entries(fields).find(([name]) => join(ROOT, name) === path)?.[1],
  });
}

test('a lock file tells', () => {
  assert.equal(find('', ['package-lock.json']), 'npm');
  assert.equal(find('', ['npm-shrinkwrap.json']), 'npm');
  assert.equal(find('', ['pnpm-lock.yaml']), 'pnpm');
  assert.equal(find('', ['yarn.lock']), 'yarn');
  assert.equal(find('', ['bun.lock']), 'bun');
  assert.equal(find('', ['bun.lockb']), 'bun');
  assert.equal(find('', []), 'npm');
  assert.equal(find('', ['package-lock.json', 'pnpm-lock.yaml']), 'pnpm');
});

test('the nearest counts, up to the workspace folder and no further', () => {
  assert.equal(find('packages/a', ['pnpm-lock.yaml']), 'pnpm');
  assert.equal(find('packages/a', ['pnpm-lock.yaml', 'packages/a/yarn.lock']), 'yarn');
  assert.equal(find('packages/a', ['packages/b/yarn.lock', '../yarn.lock']), 'npm');
});

test('a folder outside of the root is looked at alone', () => {
  assert.equal(find('../elsewhere/a', ['../elsewhere/a/yarn.lock']), 'yarn');
  assert.equal(find('../elsewhere/a', ['../elsewhere/yarn.lock']), 'npm');
});

test('the field packageManager counts before a lock file beside it', () => {
  assert.equal(find('', ['package-lock.json'], { fields: { '': 'pnpm@9.1.0+sha512.abc' } }), 'pnpm');
  assert.equal(find('a', ['a/yarn.lock'], { fields: { '': 'pnpm@9.1.0' } }), 'yarn');
  for (const field of ['deno@1', 7, '', null])
    assert.equal(find('', ['yarn.lock'], { fields: { '': field } }), 'yarn');
});

test('the setting counts before all, unless it leaves it open', () => {
  assert.equal(find('', ['yarn.lock'], { setting: 'bun', fields: { '': 'pnpm@9' } }), 'bun');
  for (const setting of ['auto', 'else', undefined, 3])
    assert.equal(find('', ['yarn.lock'], { setting }), 'yarn');
});
