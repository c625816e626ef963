import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * A desktop VS Code to run tests in, if VSCODE_EXECUTABLE requests one: its path, or `installed`. There is no default,
 * because tests should not depend on installed programs or open windows.
 */
export function desktopExecutable(): string | undefined {
  const asked = process.env.VSCODE_EXECUTABLE;
  if (asked === undefined || asked === '') return undefined;
  if (asked !== 'installed') return asked;
  const found = findDesktop();
  if (found === undefined) throw new Error('VSCODE_EXECUTABLE=installed, but no `code` is on PATH.');
  return found;
}

/**
 * The program of the installed VS Code. `code` on PATH is a script that starts it and does not
 * wait for its exit. The program itself is near the script.
 */
export function findDesktop(): string | undefined {
  const script = process.platform === 'win32' ? 'code.cmd' : 'code';
  const folder = (process.env.PATH ?? '')
    .split(delimiter)
    .find((each) => each !== '' && existsSync(join(each, script)));
  if (folder === undefined) return undefined;
  const bin = dirname(realpathSync(join(folder, script)));
  const candidates = {
    win32: [join(bin, '..', 'Code.exe')],
    // Visual Studio Code.app/Contents/Resources/app/bin
    darwin: ['Electron', 'Code'].map((name) => join(bin, '..', '..', '..', 'MacOS', name)),
  }[process.platform as string] ?? [join(bin, '..', 'code')];
  return candidates.find((path) => existsSync(path));
}
