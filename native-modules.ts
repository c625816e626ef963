import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NativeTarget } from './native-targets.ts';

const root = import.meta.dirname;
const run = promisify(execFile);

/** What of koffi is needed at run time, apart from its binaries. */
export const KOFFI_FILES = [
  'koffi/package.json',
  'koffi/LICENSE.txt',
  'koffi/indirect.cjs',
  'koffi/src/koffi/indirect.cjs',
];

interface LockedPackage {
  readonly version: string;
  readonly integrity: string;
}

/**
 * Copies koffi with the binary for a system.
 *
 * @param folder is the `node_modules` that receives it
 */
export async function copyKoffi(target: NativeTarget, folder: string): Promise<void> {
  for (const path of KOFFI_FILES) await cp(join(root, 'node_modules', path), join(folder, path));
  const source = await nativePackage(target.package);
  for (const path of ['package.json', 'index.js', `${target.folder}/koffi.node`]) {
    await cp(join(source, path), join(folder, target.package, path));
  }
}

/** Returns the folder of a package for any system. npm has installed only those for this one, so others are fetched. */
async function nativePackage(name: string): Promise<string> {
  const locked = await lockedPackage(name);
  const cache = join(root, 'node_modules', '.cache', 'native');
  for (const folder of [join(root, 'node_modules', name), join(cache, `${name}-${locked.version}`)]) {
    if ((await versionOf(folder)) === locked.version) return folder;
  }
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(join(cache, 'fetch-'));
  try {
    return await fetchPackage(name, locked, temporary, join(cache, `${name}-${locked.version}`));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** @throws Error if what the registry sends is not what package-lock.json has locked */
async function fetchPackage(
  name: string,
  { version, integrity }: LockedPackage,
  temporary: string,
  folder: string,
): Promise<string> {
  console.log(`Fetching ${name} ${version} …`);
  const args = ['pack', `${name}@${version}`, '--json', '--pack-destination', temporary];
  const { stdout } = await run('npm', args, { cwd: temporary, shell: process.platform === 'win32' });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const archive = await readFile(join(temporary, filename));
  const received = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  if (received !== integrity) throw new Error(`${name} ${version} has ${received} instead of ${integrity}`);
  await run('tar', ['-xzf', filename], { cwd: temporary });
  await mkdir(join(folder, '..'), { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await rename(join(temporary, 'package'), folder);
  return folder;
}

async function lockedPackage(name: string): Promise<LockedPackage> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage | undefined>;
  };
  const locked = packages[`node_modules/${name}`];
  if (locked === undefined) throw new Error(`${name} is not in package-lock.json`);
  return locked;
}

async function versionOf(folder: string): Promise<string | undefined> {
  try {
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as LockedPackage;
    return version;
  } catch {
    return undefined; // It is not there.
  }
}
