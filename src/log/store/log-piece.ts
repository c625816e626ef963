import type { Stream } from './log-segments.ts';

/** Consecutive bytes of one stream. */
export interface Piece {
  readonly stream: Stream;
  /** Cursor of the first byte. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** Time at which they were read from the job, in ms since the Unix epoch. */
  readonly timeMs: number;
}
