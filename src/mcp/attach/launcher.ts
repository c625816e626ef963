import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { whenFreeAsync } from '../../base/busy-files.ts';
import { makeFolders } from '../../base/make-folders.ts';

/**
 * Writes the script that runs the server of the installed version, unless it is up to date.
 *
 * @param program `stdio.js` of this version
 * @throws the error of the file system
 */
export async function writeLauncher(path: string, program: string): Promise<void> {
  const text = launcher(program);
  // An unreadable script is replaced.
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  makeFolders(dirname(path), 0o777);
  await writeFile(`${path}.${process.pid}`, text, { mode: 0o755 });
  await whenFreeAsync(() => rename(`${path}.${process.pid}`, path));
}

/** An MCP client shows the answer to its first request. Not every client shows stderr. */
function launcher(program: string): string {
  return `#!/usr/bin/env node
// Written by the VS Code extension Background Jobs. It runs the version that is installed.
const program = ${JSON.stringify(program)};
if (require('fs').existsSync(program)) import(require('url').pathToFileURL(program).href);
else {
  const message =
    'The extension Background Jobs was updated or removed (' + program + ' does not exist). ' +
    'Reload the VS Code window and try again, or remove this server from the configuration of the client.';
  const fail = () => {
    console.error('background-jobs: Error: ' + message);
    process.exit(1);
  };
  process.stdin.once('end', fail).once('data', (data) => {
    try {
      const { id } = JSON.parse(String(data).split('\\n')[0]);
      process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32000, message } }) + '\\n', fail);
    } catch {
      fail(); // Not a client of MCP.
    }
  });
  setTimeout(fail, 5000);
}
`;
}
