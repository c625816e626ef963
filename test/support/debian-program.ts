import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '../../src/jobs/start/shell.ts';
import { installOnce } from '../editor/cache.ts';

const run = promisify(execFile);
const DOWNLOAD_TIMEOUT_MS = 120_000;
/** Where programs for administrators are, which may not be on the PATH of others. */
const SYSTEM_PATHS = '/usr/local/sbin:/usr/sbin:/sbin';
/** Packages of Debian 12 have libraries in both folders. */
const LIBRARIES = ['usr/lib', 'lib'].map((lib) =>
  join(lib, `${arch() === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`),
);
/** Lays the folder `usr` of an unpacked package over that of the system, for one program only. */
const LAY_OVER = 'mount -t overlay -o lowerdir="$0":/usr none /usr && exec "$@"';

export interface DebianProgram {
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
 * @param inPlace the program finds its own files at fixed places only
 */
export async function debianProgram(
  name: string,
  packages: readonly string[],
  { inPlace = false } = {},
): Promise<Tried> {
  const installed = findOnPath(name, { PATH: `${process.env.PATH ?? ''}:${SYSTEM_PATHS}` });
  if (installed !== undefined) return { program: { file: installed, env: {} }, skip: false };
  try {
    const root = await installOnce(join('debian', name), (draft) => unpack(draft, packages));
    const file = ['usr/bin', 'bin', 'usr/sbin'].map((bin) => join(root, bin, name)).find(existsSync);
    if (file === undefined) return { skip: `the packages ${packages.join(', ')} have no ${name}` };
    if (inPlace) return { program: { file: await inItsPlace(root, file), env: {} }, skip: false };
    const libraries = LIBRARIES.map((folder) => join(root, folder)).join(':');
    return { program: { file, env: { LD_LIBRARY_PATH: libraries } }, skip: false };
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { skip: `needs ${name}, which is not installed and cannot be downloaded (${reason})` };
  }
}

/** Returns the start of a shell command that runs a program. */
export function commandOf({ file, env }: DebianProgram): string {
  return [...Object.entries(env).map(([name, value]) => `${name}='${value}'`), `'${file}'`].join(' ');
}

/** Returns a script that runs a program as if its package was installed. @throws Error if that is not possible here */
async function inItsPlace(root: string, file: string): Promise<string> {
  const script = join(root, 'run.sh');
  const namespaces = process.getuid?.() === 0 ? '--mount' : '--mount --user --map-root-user';
  writeFileSync(
    script,
    `#!/bin/sh\nexec unshare ${namespaces} sh -c '${LAY_OVER}' '${join(root, 'usr')}' '${file}' "$@"\n`,
    { mode: 0o755 },
  );
  await run(script, ['--version']);
  return script;
}

async function unpack(draft: string, packages: readonly string[]): Promise<void> {
  await run('apt-get', ['download', ...packages], { cwd: draft, timeout: DOWNLOAD_TIMEOUT_MS });
  for (const name of readdirSync(draft).filter((each) => each.endsWith('.deb')))
    await run('dpkg', ['-x', join(draft, name), draft]);
}
