import { dirname, join, relative } from 'node:path';

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

const MANAGERS: readonly string[] = ['npm', 'pnpm', 'yarn', 'bun'] satisfies PackageManager[];

/** In the order in which they count: some projects keep a package-lock.json for tools that know no other. */
const LOCK_FILES: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

export interface Surroundings {
  /** Where to stop looking: the workspace folder. */
  readonly root: string;
  /** The setting `npm.packageManager`. */
  readonly setting?: unknown;
  readonly exists: (path: string) => boolean;
  /** The field `packageManager` (nodejs.org/api/packages.html) of the package.json in a folder. */
  readonly field: (folder: string) => unknown;
}

/** Who runs the scripts of a package: the setting says it, or the nearest `packageManager` field or lock file. */
export function findPackageManager(
  folder: string,
  { root, setting, exists, field }: Surroundings,
): PackageManager {
  if (isPackageManager(setting)) return setting;
  for (const each of foldersUpTo(folder, root)) {
    const value = field(each);
    const name = typeof value === 'string' ? value.split('@', 1)[0] : undefined;
    if (isPackageManager(name)) return name;
    const lock = LOCK_FILES.find(([file]) => exists(join(each, file)));
    if (lock !== undefined) return lock[1];
  }
  return 'npm';
}

/** A package of a monorepo has neither: they are with its root. */
function foldersUpTo(folder: string, root: string): string[] {
  const isWithin = !relative(root, folder).startsWith('..');
  return folder === root || !isWithin || dirname(folder) === folder
    ? [folder]
    : [folder, ...foldersUpTo(dirname(folder), root)];
}

function isPackageManager(value: unknown): value is PackageManager {
  return typeof value === 'string' && MANAGERS.includes(value);
}
