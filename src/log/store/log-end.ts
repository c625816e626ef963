import { closeSync, openSync, readSync } from 'node:fs';
import { listSegments, segmentPath } from './log-segments.ts';

/**
 * Reads the last bytes of a log up to a cursor. Fewer if they are not kept, or cannot be read.
 *
 * @param folder that of the log
 * @param end bytes since the job began
 */
export function readLogEnd(folder: string, end: number, maxBytes: number): Buffer {
  const from = Math.max(0, end - maxBytes);
  const parts: Buffer[] = [];
  try {
    const starts = listSegments(folder).filter((start) => start < end);
    for (const [at, start] of starts.entries()) {
      const last = Math.min(end, starts[at + 1] ?? end);
      if (last > from)
        parts.push(readPart(segmentPath(folder, start), Math.max(0, from - start), last - start));
    }
  } catch {
    // The log was deleted, or there is no free descriptor.
  }
  return Buffer.concat(parts);
}

function readPart(path: string, from: number, to: number): Buffer {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, to - from));
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from));
  } finally {
    closeSync(fd);
  }
}
