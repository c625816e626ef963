import { closeSync, constants, openSync, unlinkSync } from 'node:fs';

/** Which end of a FIFO belongs to the runner. It does not block. The other end blocks, as programs expect. */
export type FifoEnd = 'reader' | 'writer';

/** The file descriptors of a FIFO that has no name any more. */
export interface Fifo {
  readonly ours: FifoEnd;
  readonly reader: number;
  readonly writer: number;
}

/**
 * Opens both ends of a FIFO and removes its name.
 *
 * @throws the system's error (EMFILE, or the name is gone)
 */
export function openFifo(path: string, ours: FifoEnd): Fifo {
  const opened: number[] = [];
  const open = (flags: number): number => {
    const fd = openSync(path, flags);
    opened.push(fd);
    return fd;
  };
  try {
    // Opening for reading would block without O_NONBLOCK, and opening for writing without a reader (fifo(7)).
    const reader = open(constants.O_RDONLY | constants.O_NONBLOCK);
    if (ours === 'reader') return { ours, reader, writer: open(constants.O_WRONLY) };
    const writer = open(constants.O_WRONLY | constants.O_NONBLOCK);
    const blocking = open(constants.O_RDONLY);
    closeSync(reader);
    return { ours, reader: blocking, writer };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  } finally {
    removeName(path);
  }
}

function removeName(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // A cleanup tool may have removed it.
  }
}
