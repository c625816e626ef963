import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder } from '../../base/remove-folder.ts';
import { throwUnlessGone } from '../../base/throw-unless-gone.ts';

/** The streams of a job that are logged, in the order of their file descriptors. */
export const STREAMS = ['stdout', 'stderr'] as const;
export type Stream = (typeof STREAMS)[number];

/** A log has at most this many segments, so dropping the oldest loses only a part of it. */
export const SEGMENT_COUNT = 8;

/** Returns after how many bytes a new segment begins. @param maxSize bytes of the log that are kept */
export function segmentSizeOf(maxSize: number): number {
  return Math.max(1, Math.floor(maxSize / SEGMENT_COUNT));
}

/**
 * Returns how much of a log is kept, in bytes.
 *
 * @param end bytes since the job began
 * @param maxSize bytes of the log that are kept at most
 */
export function keptBytes(end: number, maxSize: number): number {
  const size = segmentSizeOf(maxSize);
  const dropped = Math.max(0, Math.ceil(end / size) - SEGMENT_COUNT);
  return end - dropped * size;
}

const FILE_NAME = /^output\.\d{1,15}\.(?:log|idx)$/;
const SEGMENT_NAME = /^output\.(\d{1,15})\.log$/;

/** Returns the path of the segment whose first byte is at `offset` (bytes since the job began). */
export function segmentPath(folder: string, offset: number): string {
  return join(folder, `output.${offset}.log`);
}

/** Returns the path of the transition index of the segment at `offset`. */
export function indexPath(folder: string, offset: number): string {
  return join(folder, `output.${offset}.idx`);
}

/**
 * Returns the offsets (bytes) of the segments in a log folder, ascending. Empty if the folder is gone.
 *
 * @throws the file system's error if it cannot be read
 */
export function listSegments(folder: string): number[] {
  return namesIn(folder)
    .map((name) => SEGMENT_NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * Deletes the segments of a log with their indexes, and the folder if it contains nothing else.
 *
 * @throws the file system's error
 */
export function removeSegments(folder: string): void {
  for (const name of namesIn(folder)) if (FILE_NAME.test(name)) removeFolder(join(folder, name));
  if (namesIn(folder).length === 0) removeFolder(folder);
}

/** Returns the names in a folder. None if it is gone. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throwUnlessGone(error);
    return [];
  }
}
