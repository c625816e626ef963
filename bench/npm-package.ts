/** Installs a pinned npm package into the cache, outside the repository. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 300_000;

export interface NpmPackage {
  name: string;
  version: string;
  /** Exact versions of indirect dependencies if the newest in range cannot be installed. */
  overrides?: Record<string, string>;
}

/**
 * Folder of the installed package. Its install scripts do not run: they would download browsers and report
 * the installation.
 */
export async function installPackage(wanted: NpmPackage, cacheFolder: string): Promise<string> {
  const peers = join(cacheFolder, 'peers');
  const folder = join(peers, `${wanted.name.replaceAll('/', '+')}@${wanted.version}`);
  const installed = join(folder, 'node_modules', wanted.name);
  if (existsSync(installed)) return installed;
  await mkdir(peers, { recursive: true });
  const staging = await mkdtemp(join(peers, 'installing-'));
  try {
    const manifest = {
      private: true,
      dependencies: { [wanted.name]: wanted.version },
      overrides: wanted.overrides ?? {},
    };
    await writeFile(join(staging, 'package.json'), JSON.stringify(manifest));
    await npm([
      'install',
      '--prefix',
      staging,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]);
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
  return installed;
}

async function npm(args: string[]): Promise<void> {
  const script = process.env.npm_execpath;
  const [file, prefix] = script === undefined ? ['npm', []] : [process.execPath, [script]];
  try {
    await run(file, [...prefix, ...args], { timeout: INSTALL_TIMEOUT_MS });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const reason = stderr?.split('\n').find((line) => line.startsWith('npm error'));
    throw new Error(reason ?? (error instanceof Error ? error.message : String(error)), { cause: error });
  }
}
