import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { readScripts } from './npm-packages.ts';

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test('adds the folder to the names of scripts if several packages have scripts', async (t) => {
  const root = scratchFolder(t);
  const files = ['package.json', 'apps/web/package.json'].map((name) => ({ path: join(root, name), root }));
  write(files[0]!.path, '{"name":"root"}');
  write(files[1]!.path, '\ufeff{"scripts":{"dev":"vite","a b":"x","":"y","bad":3}}');
  write(join(root, 'yarn.lock'), '');
  const one = await readScripts(files, 'posix');
  assert.equal(one.valid, 2);
  assert.deepEqual(
    one.scripts.map(({ name, command, text }) => [name, command, text]),
    [
      ['dev', 'yarn run dev', 'vite'],
      ['a b', "yarn run 'a b'", 'x'],
    ],
  );
  assert.equal(one.scripts[0]!.folder, join(root, 'apps', 'web'));
  write(files[0]!.path, '{"packageManager":"pnpm@9","scripts":{"dev":"x"}}');
  assert.deepEqual(
    (await readScripts(files, 'posix')).scripts.map(({ name, command }) => [name, command]),
    [
      [`${basename(root)}/dev`, 'pnpm run dev'],
      ['apps/web/dev', 'pnpm run dev'],
      ['apps/web/a b', "pnpm run 'a b'"],
    ],
  );
});

test('finds no scripts in invalid package.json files', async (t) => {
  const root = scratchFolder(t);
  const texts = ['{', '[]', 'null', '"text"', '', '\0\x01'];
  texts.forEach((text, at) => write(join(root, String(at), 'package.json'), text));
  const files = [...texts.keys(), 'none'].map((name) => ({
    path: join(root, String(name), 'package.json'),
    root,
  }));
  assert.deepEqual(await readScripts(files, 'posix'), { scripts: [], valid: 0 });
  write(files[0]!.path, '{"scripts":["dev"]}');
  write(files[1]!.path, '{"scripts":null}');
  assert.equal((await readScripts(files, 'posix')).valid, 2);
});
