import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { whenFreeAsync } from '../../base/busy-files.ts';
import { onFileAsync } from '../../base/file-error.ts';
import { makeFolders } from '../../base/make-folders.ts';

/** How long the script waits for the next version while an update replaces the installed one, in ms. */
const UPDATE_PATIENCE_MS = 10_000;

/**
 * Writes the script that runs the server of the installed version, unless it is up to date.
 *
 * @param program `stdio.js` of this version
 * @throws the error of the file system
 */
export async function writeLauncher(
  path: string,
  program: string,
  patienceMs = UPDATE_PATIENCE_MS,
): Promise<void> {
  const text = launcher(program, patienceMs);
  // An unreadable script is replaced.
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  makeFolders(dirname(path), 0o777);
  await onFileAsync(path, () => writeFile(`${path}.${process.pid}`, text, { mode: 0o755 }));
  await whenFreeAsync(() => rename(`${path}.${process.pid}`, path));
}

/**
 * During an update, the program is gone until the new version has written this script again. An MCP client shows the answer to
 * its first request. Not every client shows stderr.
 */
function launcher(program: string, patienceMs: number): string {
  return `#!/usr/bin/env node
// Written by the VS Code extension Background Jobs. It runs the version that is installed.
const program = ${JSON.stringify(program)};
const { existsSync, readFileSync } = require('fs');
const installed = () => {
  try {
    return JSON.parse(/^const program = (.*);$/m.exec(readFileSync(__filename, 'utf8'))[1]);
  } catch {
    return program; // It is just being written.
  }
};
const run = (remainingMs) => {
  const path = installed();
  if (existsSync(path)) import(require('url').pathToFileURL(path).href);
  else if (remainingMs > 0) setTimeout(run, 200, remainingMs - 200);
  else refuse(path);
};
const refuse = (path) => {
  const message =
    'The extension Background Jobs was updated or removed (' + path + ' does not exist). ' +
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
};
run(${patienceMs});
`;
}
