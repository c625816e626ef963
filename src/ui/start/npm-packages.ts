import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { findPackageManager } from './package-manager.ts';
import { commandLine, type ShellKind } from './shell-quoting.ts';

interface Manifest {
  readonly packageManager?: unknown;
  readonly scripts?: unknown;
}

export interface NpmScript {
  readonly script: string;
  /** What it runs, as package.json says it. */
  readonly text: string;
  readonly folder: string;
  /** The folder as people say it: relative to its workspace folder. */
  readonly where: string;
  readonly command: string;
  /** Name for its job. */
  readonly name: string;
}

export interface PackageFile {
  readonly path: string;
  /** The workspace folder in which it lies. */
  readonly root: string;
  readonly setting?: unknown;
}

/** What package.json files have to offer. */
export interface NpmScripts {
  readonly scripts: readonly NpmScript[];
  /** How many of the files could be read. */
  readonly valid: number;
}

/** The scripts of some package.json files; one that cannot be read has none. */
export function readScripts(files: readonly PackageFile[], kind: ShellKind): NpmScripts {
  const packages = files.flatMap((file) => {
    const manifest = readManifest(file.path);
    return manifest === undefined
      ? []
      : [{ ...file, folder: dirname(file.path), scripts: scriptsOf(manifest) }];
  });
  const isOnly = packages.filter(({ scripts }) => scripts.length > 0).length === 1;
  const scripts = packages.flatMap(({ root, setting, folder, scripts }) => {
    const manager = findPackageManager(folder, {
      root,
      setting,
      exists: existsSync,
      field: (each) => readManifest(join(each, 'package.json'))?.packageManager,
    });
    const path = relative(root, folder).replaceAll('\\', '/');
    const where = path === '' ? basename(root) : path;
    return scripts.map(([script, text]) => ({
      script,
      text,
      folder,
      where,
      command: commandLine([manager, 'run', script], kind),
      name: isOnly ? script : `${where}/${script}`,
    }));
  });
  return { scripts, valid: packages.length };
}

function scriptsOf({ scripts }: Manifest): [string, string][] {
  if (typeof scripts !== 'object' || scripts === null) return [];
  return Object.entries(scripts).filter(
    (entry): entry is [string, string] => entry[0] !== '' && typeof entry[1] === 'string',
  );
}

function readManifest(path: string): Manifest | undefined {
  try {
    // npm too passes over a byte order mark.
    const value = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, '')) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
