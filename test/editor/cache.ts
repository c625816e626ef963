import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

/** Age in ms from which a draft counts as left behind by a killed installation. */
const STALE = 60 * 60 * 1000;

/** Folder for downloads. It is outside the repository, so that a fresh clone can use them. */
function cacheFolder(): string {
  const configured = process.env.XDG_CACHE_HOME;
  if (configured !== undefined && isAbsolute(configured)) return join(configured, 'background-jobs');
  // With an empty HOME, the cache would be in the current folder.
  return join(homedir() || userInfo().homedir, '.cache', 'background-jobs');
}

/**
 * Returns a folder of the cache, and creates it with `install` if it does not exist. It appears atomically: the work
 * happens in a sibling folder, which is then renamed. If two processes do it at the same time, the first to finish wins.
 */
export async function installOnce(name: string, install: (draft: string) => Promise<void>): Promise<string> {
  const target = join(cacheFolder(), name);
  if (existsSync(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  removeStaleDrafts(target);
  const draft = mkdtempSync(`${target}.draft-`);
  try {
    await install(draft);
    publish(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return target;
}

function publish(draft: string, target: string): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

function removeStaleDrafts(target: string): void {
  const folder = dirname(target);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(target)}.draft-`)) continue;
    const path = join(folder, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - changed > STALE) rmSync(path, { recursive: true, force: true });
  }
}
