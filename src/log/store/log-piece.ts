import type { Stream } from './log-segments.ts';

/** Consecutive bytes of one stream. */
export interface Piece {
  readonly stream: Stream;
  /** Cursor of the first byte. */
  readonly offset: number;
  readonly bytes: Buffer;
}
