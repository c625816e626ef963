import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '../../src/jobs/start/shell.ts';
import { installOnce } from '../editor/cache.ts';

const run = promisify(execFile);
const DOWNLOAD_TIMEOUT_MS = 120_000;
/** Where programs for administrators are, which may not be on the PATH of others. */
const SYSTEM_PATHS = '/usr/local/sbin:/usr/sbin:/sbin';
const LIBRARIES = join('usr', 'lib', `${arch() === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`);

interface DebianProgram {
  /** Path of the program. */
  readonly file: string;
  /** What it needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A program to test with, or why the test must be skipped. */
export type Tried = { readonly program: DebianProgram; readonly skip: false } | { readonly skip: string };

/**
 * Returns an installed program, or unpacks it from packages of Debian into the cache of the tests. It installs nothing.
 *
 * @param packages with the libraries that a minimal system does not have
 */
export async function debianProgram(name: string, packages: readonly string[]): Promise<Tried> {
  const installed = findOnPath(name, { PATH: `${process.env.PATH ?? ''}:${SYSTEM_PATHS}` });
  if (installed !== undefined) return { program: { file: installed, env: {} }, skip: false };
  try {
    const root = await installOnce(join('debian', name), (draft) => unpack(draft, packages));
    const file = ['usr/bin', 'bin', 'usr/sbin'].map((bin) => join(root, bin, name)).find(existsSync);
    if (file === undefined) return { skip: `the packages ${packages.join(', ')} have no ${name}` };
    return { program: { file, env: { LD_LIBRARY_PATH: join(root, LIBRARIES) } }, skip: false };
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { skip: `needs ${name}, which is not installed and cannot be downloaded (${reason})` };
  }
}

async function unpack(draft: string, packages: readonly string[]): Promise<void> {
  await run('apt-get', ['download', ...packages], { cwd: draft, timeout: DOWNLOAD_TIMEOUT_MS });
  for (const name of readdirSync(draft).filter((each) => each.endsWith('.deb')))
    await run('dpkg', ['-x', join(draft, name), draft]);
}
