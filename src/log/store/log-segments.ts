import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { throwUnlessGone } from '../../base/throw-unless-gone.ts';

/** The streams of a job that are logged, in the order of their file descriptors less one. */
export const STREAMS = ['stdout', 'stderr'] as const;
export type Stream = (typeof STREAMS)[number];

/** A log is kept as at most this many segments, so that dropping the oldest gives back a part of it only. */
export const SEGMENT_COUNT = 8;

const SEGMENT_NAME = /^output\.(\d{1,15})\.log$/;

/** Path of the segment whose first byte stands at `offset` (bytes since the job began). */
export function segmentPath(folder: string, offset: number): string {
  return join(folder, `output.${offset}.log`);
}

/** Path of the transition index that belongs to the segment at `offset`. */
export function indexPath(folder: string, offset: number): string {
  return join(folder, `output.${offset}.idx`);
}

/**
 * Offsets (bytes) of the segments in a log folder, ascending; empty when the folder is gone.
 *
 * @throws the file system's error when it cannot be read
 */
export function listSegments(folder: string): number[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throwUnlessGone(error);
    return [];
  }
  return names
    .map((name) => SEGMENT_NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}
