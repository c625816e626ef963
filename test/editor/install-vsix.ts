import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { scratchFolder } from '../support/scratch.ts';
import { DEFAULT_VERSION, installEditor } from './install-editor.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** Installs the package as a person does from the command line. @returns the folder of installed extensions */
export async function installVsix(t: TestContext): Promise<string> {
  const extensionsDir = join(scratchFolder(t), 'extensions');
  const { vscode, node } = await installEditor(DEFAULT_VERSION, new AbortController().signal);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  await run(node, [
    join(vscode, 'out', 'server-main.js'),
    ...['--install-extension', join(root, 'dist', `background-jobs-${version}.vsix`)],
    ...['--extensions-dir', extensionsDir, '--server-data-dir', join(scratchFolder(t), 'data')],
    '--accept-server-license-terms',
  ]);
  return extensionsDir;
}
