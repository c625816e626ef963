import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, linkSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** An account that every system has and that owns no files. */
const ACCOUNT = 'nobody';

/** Runs a VS Code server whose programs refuse to run as root, in tests that run as root. */
export interface OrdinaryUser {
  readonly uid: number;
  readonly gid: number;
}

/** Returns undefined if the tests run as an ordinary user already. */
export function ordinaryUser(): OrdinaryUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (option: string): number =>
    Number(execFileSync('id', [option, ACCOUNT], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Returns the environment of root as it would be for the user. */
export function userEnvironment(home: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('XDG_'),
  );
  return { ...Object.fromEntries(inherited), HOME: home, USER: ACCOUNT, LOGNAME: ACCOUNT };
}

/** Gives a temporary folder or file to the user, with everything in it, and opens the way to it. */
export function give({ uid, gid }: OrdinaryUser, path: string): void {
  for (let folder = dirname(path); folder.startsWith(tmpdir()); folder = dirname(folder)) {
    chmodSync(folder, lstatSync(folder).mode | 0o011);
  }
  const inside = lstatSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
    : [];
  for (const each of [path, ...inside.map((name) => join(path, name))]) chownSync(each, uid, gid);
}

/**
 * Makes a file or a folder of root readable where the user can reach it, as the cache in the home folder of root is not.
 * Links have no owner of their own: the user can read the files and cannot change them.
 *
 * @returns its new path
 */
export function lend(path: string, folder: string): string {
  const target = join(folder, basename(path));
  if (lstatSync(path).isDirectory()) {
    mkdirSync(target, { recursive: true });
    for (const name of readdirSync(path)) lend(join(path, name), target);
    return target;
  }
  try {
    linkSync(path, target);
  } catch {
    // The temporary folder is on another file system.
    copyFileSync(path, target);
  }
  return target;
}
