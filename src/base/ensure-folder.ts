import { mkdirSync } from 'node:fs';

/**
 * Makes a folder (0700) if it is missing, but not what it lies in: when somebody has deleted a whole storage
 * folder, what still runs must not bring it back.
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
