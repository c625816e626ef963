import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { defaultShell, findOnPath } from './shell.ts';

const skip = process.platform === 'win32';

test(
  'finds the first program on PATH, not a folder and not a file without permission to run it',
  { skip },
  (t) => {
    const folders = ['folder', 'file', 'program'].map((name) => join(scratchFolder(t), name));
    for (const folder of folders) mkdirSync(folder);
    const [withFolder = '', withFile = '', withProgram = ''] = folders.map((folder) => join(folder, 'bash'));
    mkdirSync(withFolder);
    writeFileSync(withFile, '');
    symlinkSync('/bin/sh', withProgram);
    const PATH = folders.join(delimiter);
    assert.equal(findOnPath('bash', { PATH }), withProgram);
    assert.equal(findOnPath(join(withFile, 'none'), {}), undefined);
    assert.equal(findOnPath(withProgram, {}), withProgram);
    chmodSync(withFile, 0o700);
    assert.equal(findOnPath('bash', { PATH }), withFile);
  },
);

test('does not search folders that are relative to the current one', { skip }, (t) => {
  const folder = scratchFolder(t);
  symlinkSync('/bin/sh', join(folder, 'only-here'));
  const previous = process.cwd();
  t.after(() => process.chdir(previous));
  process.chdir(folder);
  assert.equal(findOnPath('only-here', { PATH: `${delimiter}.` }), undefined);
  assert.equal(findOnPath('only-here', { PATH: folder }), join(folder, 'only-here'));
});

test(
  'prefers the shell of the user if its command language is POSIX, and can be judged if it must be',
  { skip },
  (t) => {
    const folder = scratchFolder(t);
    const shellOf = (name: string): string => {
      symlinkSync('/bin/sh', join(folder, name));
      return join(folder, name);
    };
    const [zsh, fish, dash] = [shellOf('zsh'), shellOf('fish'), shellOf('dash')];
    const bash = shellOf('bash');
    const shell = (SHELL: string, isJudged = false) => defaultShell({ SHELL, PATH: folder }, isJudged);
    assert.deepEqual([shell(zsh), shell(dash), shell(fish)], [zsh, dash, bash]);
    assert.deepEqual([shell(zsh, true), shell(dash, true)], [bash, dash]);
    assert.equal(defaultShell({ SHELL: join(folder, 'ksh'), PATH: '' }), '/bin/sh');
  },
);
