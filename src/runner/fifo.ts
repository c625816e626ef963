import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import type { PipeEnd, PipeEnds } from './job-pipe.ts';

/**
 * Opens both ends of a FIFO and removes its name.
 *
 * @throws the system's error (EMFILE, or the name is gone)
 */
export function openFifo(path: string, ours: PipeEnd): PipeEnds {
  const opened: number[] = [];
  const open = (flags: number): number => {
    const fd = openSync(path, flags);
    opened.push(fd);
    return fd;
  };
  try {
    // Opening for reading would block without O_NONBLOCK, and opening for writing without a reader (fifo(7)).
    const reader = open(constants.O_RDONLY | constants.O_NONBLOCK);
    if (ours === 'reader') return { kind: 'fifo', ours, reader, writer: open(constants.O_WRONLY) };
    const writer = open(constants.O_WRONLY | constants.O_NONBLOCK);
    const blocking = open(constants.O_RDONLY);
    closeSync(reader);
    return { kind: 'fifo', ours, reader: blocking, writer };
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
