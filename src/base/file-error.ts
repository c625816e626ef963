import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

/** The answers of the system to a write that it does not allow. */
const NOT_WRITABLE: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM']);

/** Says in a sentence which file or folder a file system error is about, and what is wrong with it. */
export function describeFileError(error: unknown): string {
  const { code = '', path, syscall, message } = error as NodeJS.ErrnoException;
  if (path === undefined) return `${message}.`;
  const isMkdir = syscall === 'mkdir';
  if (NOT_WRITABLE.has(code)) {
    return isMkdir
      ? `The folder ${dirname(path)} cannot be written (${code}).`
      : `The file ${path} cannot be written (${code}).`;
  }
  if (code !== 'ENOENT') return `${message}.`;
  const missing = firstMissing(path);
  if (missing !== path) return `The folder ${missing} does not exist (ENOENT).`;
  // Some file systems, such as /proc, answer ENOENT to a new name in a folder that exists.
  return isMkdir
    ? `The folder ${path} cannot be created (ENOENT).`
    : `The file ${path} does not exist (ENOENT).`;
}

/** Returns the highest folder on the way to a path that does not exist, or else the path itself. */
function firstMissing(path: string): string {
  const parent = dirname(path);
  return parent === path || existsSync(parent) ? path : firstMissing(parent);
}
