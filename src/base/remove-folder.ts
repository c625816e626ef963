import { lstatSync, rmSync, type RmOptions } from 'node:fs';

/** Each time somebody else has removed a part of it; or makes it anew, and then it is theirs. */
const MAX_TRIES = 100;

/**
 * Removes a folder, or a file, with all that is in it, also while others remove parts of it. Then rmSync() of Node 24
 * ends in silence with the rest still there: std::filesystem::remove_all() stops at a name that is gone, which Node
 * takes for the end (https://github.com/oven-sh/bun/pull/35800 has the comparison).
 *
 * @throws the file system's error
 */
export function removeFolder(path: string, options: Pick<RmOptions, 'maxRetries' | 'retryDelay'> = {}): void {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    rmSync(path, { ...options, recursive: true, force: true });
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  }
}
