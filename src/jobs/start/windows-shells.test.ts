import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { defaultWindowsShell, findWindowsShell } from './windows-shells.ts';

// Only Windows has drives and separators as this code expects them.
const skip = process.platform === 'win32' ? false : 'needs paths of Windows';

/** Makes programs in a folder. @returns the folder */
function programs(t: TestContext, ...names: readonly string[]): string {
  const folder = scratchFolder(t);
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
  return folder;
}

test('finds a shell by its name with and without .exe, in the folders of Path', { skip }, (t) => {
  const folder = programs(t, 'nu.exe', 'script.cmd');
  const env = { Path: `relative;"${folder}"`, PATHEXT: '.COM;.EXE;.BAT;.CMD' };
  assert.equal(findWindowsShell('nu', env), join(folder, 'nu.exe'));
  assert.equal(findWindowsShell('nu.exe', env), join(folder, 'nu.exe'));
  assert.equal(findWindowsShell(join(folder, 'nu'), env), join(folder, 'nu.exe'));
  assert.equal(findWindowsShell('script', env), undefined);
  assert.equal(findWindowsShell('none', env), undefined);
});

test('prefers PowerShell 7, then Windows PowerShell, then cmd, then Git Bash', { skip }, (t) => {
  const seven = join('PowerShell', '7', 'pwsh.exe');
  const five = join('System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  const cmd = join('System32', 'cmd.exe');
  const bash = join('Git', 'bin', 'bash.exe');
  const shellOf = (...names: readonly string[]): string => {
    const folder = programs(t, ...names);
    const found = defaultWindowsShell({ ProgramFiles: folder, SystemRoot: folder, Path: '' }, false);
    return found.slice(folder.length + 1);
  };
  assert.equal(shellOf(seven, five, cmd, bash), seven);
  assert.equal(shellOf(five, cmd, bash), five);
  assert.equal(shellOf(cmd, bash), cmd);
  assert.equal(shellOf(bash), bash);
});

test('bash is the one of Git, not the one of Windows; the command policy needs it', { skip }, (t) => {
  const git = programs(t, join('cmd', 'git.exe'), join('bin', 'bash.exe'));
  const system = programs(t, 'bash.exe', 'pwsh.exe');
  const env = { PATH: `${system};${join(git, 'cmd')}` };
  assert.equal(findWindowsShell('bash', env), join(git, 'bin', 'bash.exe'));
  assert.equal(defaultWindowsShell(env, true), join(git, 'bin', 'bash.exe'));
  assert.equal(findWindowsShell('bash', { PATH: system }), join(system, 'bash.exe'));
});
