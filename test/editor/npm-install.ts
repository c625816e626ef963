import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Timeout of an installation, which takes seconds on a fast network and minutes on a slow one. */
const PATIENCE = 10 * 60 * 1000;

/** Installs packages into a folder of their own. */
export async function installPackages(
  folder: string,
  signal: AbortSignal,
  ...packages: string[]
): Promise<void> {
  // With a manifest of its own, npm does not look for a project in the folders above.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await npmInstall(folder, signal, ...packages);
}

/** Installs the dependencies of a folder. Ignores install scripts, which would compile native modules. */
export async function npmInstall(cwd: string, signal: AbortSignal, ...packages: string[]): Promise<void> {
  const args = ['install', ...packages, '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const [command, first, shell] = npmCommand();
  const npm = spawn(command, [...first, ...args, '--loglevel=error'], {
    cwd,
    shell,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
  });
  const said: Buffer[] = [];
  npm.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  npm.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const [code] = (await once(npm, 'close')) as [number | null];
  if (code === 0) return;
  throw new Error(`npm install failed with code ${code ?? 'none'}:\n${Buffer.concat(said).toString()}`);
}

/** The npm that runs the current script, otherwise the one on PATH (on Windows a batch file, which needs a shell). */
function npmCommand(): [string, string[], boolean] {
  const running = process.env.npm_execpath;
  const isNpm = running !== undefined && basename(running).startsWith('npm');
  return isNpm ? [process.execPath, [running], false] : ['npm', [], process.platform === 'win32'];
}
