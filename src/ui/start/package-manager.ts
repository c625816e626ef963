import { relative } from 'node:path';
import { type Agent, AGENTS, detect } from 'package-manager-detector';

interface Options {
  /** The last folder to search: the workspace folder. */
  readonly root: string;
  /** The setting `npm.packageManager`. */
  readonly setting?: unknown;
}

/**
 * Returns the package manager of a package. The setting takes precedence. Otherwise the nearest `packageManager` field or
 * lock file decides. Packages of a monorepo have neither, so the parent folders are searched up to the root.
 */
export async function findPackageManager(folder: string, { root, setting }: Options): Promise<Agent> {
  const configured = AGENTS.find((agent) => agent === setting);
  if (configured !== undefined) return configured;
  const isWithinRoot = !relative(root, folder).startsWith('..');
  const found = await detect({
    cwd: folder,
    stopDir: isWithinRoot ? root : folder,
    packageJsonParser: parseManifest,
  });
  return found?.agent ?? 'npm';
}

/** Parses a package.json. npm also accepts a byte order mark. @throws SyntaxError */
export function parseManifest(text: string): unknown {
  return JSON.parse(text.replace(/^\ufeff/, ''));
}
