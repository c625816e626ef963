import type { CLibrary } from './posix/c-library.ts';

/** FIONREAD in asm-generic/ioctls.h */
const COUNT_REQUEST = 0x541b;

/**
 * Counts the bytes that were written to a pipe or a terminal and that no process has read yet (Linux). While a terminal
 * edits lines, only complete lines count.
 *
 * @param descriptor any end of the pipe, or the terminal itself
 * @returns undefined if the system does not tell
 */
export function countUnread(library: CLibrary, descriptor: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const count = Buffer.alloc(4);
  return library.ioctl(descriptor, COUNT_REQUEST, 'void *', count) === 0 ? count.readInt32LE() : undefined;
}
