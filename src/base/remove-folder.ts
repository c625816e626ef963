import { lstatSync, type RmOptions, rmSync } from 'node:fs';
import { whenFree } from './busy-files.ts';

/** Limits the attempts in case another process keeps creating the folder again. */
const MAX_ATTEMPTS = 100;

/**
 * Removes a file, or a folder with everything in it, even while another process removes parts of it. In that case
 * rmSync() of Node 24 returns without an error and leaves the rest: std::filesystem::remove_all() stops at a name that is
 * gone, which Node takes for the end (https://github.com/oven-sh/bun/pull/35800 compares both).
 *
 * @throws the file system's error
 */
export function removeFolder(path: string, options: Pick<RmOptions, 'maxRetries' | 'retryDelay'> = {}): void {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    whenFree(() => rmSync(path, { ...options, recursive: true, force: true }));
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  }
}
