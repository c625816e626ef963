import type { CLibrary } from './posix/c-library.ts';

/** FIONREAD in asm-generic/ioctls.h */
const COUNT_REQUEST = 0x541b;
/** POLLIN of poll(2). */
const CAN_READ = 1;

/**
 * Counts the bytes that were written to a pipe or a terminal and that no process has read yet (Linux). While a terminal
 * edits lines, only complete lines count.
 *
 * What was typed into a terminal passes through a queue of the kernel, which is not counted. A poll first waits for it
 * (n_tty_poll).
 *
 * @param descriptor any end of the pipe, or the terminal itself
 * @returns undefined if the system does not tell
 */
export function countUnread(library: CLibrary, descriptor: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  // struct pollfd: a descriptor, the events to look for, and those that were found.
  const file = Buffer.alloc(8);
  file.writeInt32LE(descriptor);
  file.writeInt16LE(CAN_READ, 4);
  library.poll(file, 1, 0);
  const count = Buffer.alloc(4);
  return library.ioctl(descriptor, COUNT_REQUEST, 'void *', count) === 0 ? count.readInt32LE() : undefined;
}
