import { readFile } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { resolveCommand } from 'package-manager-detector';
import { findPackageManager, parseManifest } from './package-manager.ts';
import { commandLine, type ShellKind } from './shell-quoting.ts';

interface Manifest {
  readonly scripts?: unknown;
}

export interface NpmScript {
  readonly script: string;
  /** The command of the script in package.json. */
  readonly text: string;
  readonly folder: string;
  /** The folder relative to its workspace folder. */
  readonly where: string;
  readonly command: string;
  /** Name for the job. */
  readonly name: string;
}

export interface PackageFile {
  readonly path: string;
  /** The workspace folder that contains the file. */
  readonly root: string;
  /** The setting `npm.packageManager` for the file. */
  readonly setting?: unknown;
}

interface NpmScripts {
  readonly scripts: readonly NpmScript[];
  /** Number of files that are a valid package.json. */
  readonly valid: number;
}

/** Reads the scripts of package.json files. Invalid files have none. */
export async function readScripts(files: readonly PackageFile[], kind: ShellKind): Promise<NpmScripts> {
  const read = await Promise.all(
    files.map(async (file) => {
      const manifest = await readManifest(file.path);
      return manifest && { ...file, folder: dirname(file.path), scripts: scriptsOf(manifest) };
    }),
  );
  const packages = read.filter((each) => each !== undefined);
  const withScripts = packages.filter(({ scripts }) => scripts.length > 0);
  const scripts = withScripts.map(async ({ root, setting, folder, scripts }) => {
    const manager = await findPackageManager(folder, { root, setting });
    const path = relative(root, folder).replaceAll('\\', '/');
    const where = path === '' ? basename(root) : path;
    return scripts.map(([script, text]) => {
      const { command, args } = resolveCommand(manager, 'run', [script])!;
      return {
        script,
        text,
        folder,
        where,
        command: commandLine([command, ...args], kind),
        name: withScripts.length === 1 ? script : `${where}/${script}`,
      };
    });
  });
  return { scripts: (await Promise.all(scripts)).flat(), valid: packages.length };
}

function scriptsOf({ scripts }: Manifest): [string, string][] {
  if (typeof scripts !== 'object' || scripts === null) return [];
  return Object.entries(scripts).filter(
    (entry): entry is [string, string] => entry[0] !== '' && typeof entry[1] === 'string',
  );
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  try {
    const value = parseManifest(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    // Unreadable or not JSON. The command reports that there is no valid package.json.
    return undefined;
  }
}
