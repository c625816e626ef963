import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { currentTarget } from '../../native-targets.ts';
import { packageExtension, packageName } from '../../package.ts';
import { scratchFolder } from '../support/scratch.ts';
import { DEFAULT_VERSION, installEditor } from './install-editor.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** Returns the path of the VSIX. Packages dist/ if it was built after the VSIX. */
async function packageVsix(t: TestContext, target: string): Promise<string> {
  const name = await packageName(target);
  const modified = (file: string): number =>
    statSync(join(root, 'dist', file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (modified(name) > modified('extension.js')) return join(root, 'dist', name);
  // Not into dist/, where another test may read.
  return packageExtension(target, scratchFolder(t));
}

/** Installs the package for a system from the command line. @returns the folder of installed extensions */
export async function installVsix(t: TestContext, target = currentTarget()): Promise<string> {
  const extensionsDir = join(scratchFolder(t), 'extensions');
  const { vscode, node } = await installEditor(DEFAULT_VERSION, new AbortController().signal);
  await run(node, [
    join(vscode, 'out', 'server-main.js'),
    ...['--install-extension', await packageVsix(t, target)],
    ...['--extensions-dir', extensionsDir, '--server-data-dir', join(scratchFolder(t), 'data')],
    '--accept-server-license-terms',
  ]);
  return extensionsDir;
}
