import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolders } from '../../base/make-folders.ts';

/** Writes the script. @param program what it runs: `stdio.js` of this version @throws the file system's error */
export async function writeLauncher(path: string, program: string): Promise<void> {
  makeFolders(dirname(path), 0o777);
  await writeFile(`${path}.${process.pid}`, launcher(program), { mode: 0o755 });
  await rename(`${path}.${process.pid}`, path);
}

/** Has the script, if somebody uses it, run the version that is here. @throws the file system's error */
export async function refreshLauncher(path: string, program: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => undefined);
  if (current !== undefined && current !== launcher(program)) await writeLauncher(path, program);
}

function launcher(program: string): string {
  return `#!/usr/bin/env node
// Written by the VS Code extension Background Jobs. It runs the version that is installed.
const program = ${JSON.stringify(program)};
if (!require('fs').existsSync(program)) {
  console.error(
    'background-jobs: Error: The extension Background Jobs is not where it was (' + program + '). ' +
      'Start VS Code with it once, or remove this server from the configuration of the client.',
  );
  process.exit(1);
}
import(require('url').pathToFileURL(program).href);
`;
}
