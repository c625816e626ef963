import { mkdirSync } from 'node:fs';

/**
 * Creates a folder (0700) if it is missing, but not its parents. If a user deletes a whole storage folder, the processes
 * that still use it must not create it again.
 *
 * @throws the file system's error
 */
export function ensureFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
