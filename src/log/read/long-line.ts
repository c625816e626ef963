import type { Stream } from '../store/log-segments.ts';
import type { LogReader } from './log-reader.ts';
import { SCAN_LIMIT_BYTES } from './page.ts';

/** The size of a line of which only a part is shown. */
export interface LongLine {
  /** Cursor of its first byte, or of the first that was looked at. */
  readonly start: number;
  /** Its bytes that were looked at, without the line end. */
  readonly bytes: number;
  /** Its beginning and its end (so far) were found. If not, it is longer. */
  readonly isWhole: boolean;
  /** What is before `start`: another line or nothing, bytes that are not kept, or more of the line. */
  readonly beginning: 'found' | 'dropped' | 'earlier';
}

const LF = 0x0a;

/** Measures the line that a stream continues at a cursor. In each direction it looks as far as for a page. */
export function measureLine(reader: LogReader, stream: Stream, at: number): LongLine {
  const before = measureBefore(reader, stream, at);
  const after = measureAfter(reader, stream, at);
  return {
    start: before.start,
    bytes: before.bytes + after.bytes,
    isWhole: before.beginning === 'found' && after.isWhole,
    beginning: before.beginning,
  };
}

/** Returns true if a stream has bytes behind a cursor, so that a line that is open there continues. */
export function isContinuedBehind(reader: LogReader, stream: Stream, at: number): boolean {
  for (const piece of reader.pieces(at, at + SCAN_LIMIT_BYTES)) if (piece.stream === stream) return true;
  return false;
}

function measureBefore(reader: LogReader, stream: Stream, at: number): Omit<LongLine, 'isWhole'> {
  const kept = reader.range().start;
  const lowest = Math.max(kept, at - SCAN_LIMIT_BYTES);
  let [start, bytes] = [at, 0];
  for (const piece of reader.piecesBackwards(lowest, at)) {
    if (piece.stream !== stream) continue;
    const begin = piece.bytes.lastIndexOf(LF) + 1;
    const length = piece.bytes.length - begin;
    if (length > 0) start = piece.offset + begin;
    bytes += length;
    if (begin > 0) return { start, bytes, beginning: 'found' };
  }
  const beginning = lowest > kept ? 'earlier' : reader.beginsLine(stream) ? 'found' : 'dropped';
  return { start, bytes, beginning };
}

function measureAfter(reader: LogReader, stream: Stream, at: number): Pick<LongLine, 'bytes' | 'isWhole'> {
  const { end } = reader.range();
  let bytes = 0;
  for (const piece of reader.pieces(at, at + SCAN_LIMIT_BYTES)) {
    if (piece.stream !== stream) continue;
    const newline = piece.bytes.indexOf(LF);
    if (newline >= 0) return { bytes: bytes + newline, isWhole: true };
    bytes += piece.bytes.length;
  }
  return { bytes, isWhole: at + SCAN_LIMIT_BYTES >= end };
}
