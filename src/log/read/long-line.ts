import type { Stream } from '../store/log-segments.ts';
import type { LogReader } from './log-reader.ts';
import { SCAN_LIMIT } from './page.ts';

/** A line of which only a part is shown. */
export interface LongLine {
  /** Cursor of its first byte, as far back as was looked. */
  readonly start: number;
  /** Its bytes without the line end, as far as was looked. */
  readonly bytes: number;
  /** Both its beginning and its end (so far) were found; else it is longer. */
  readonly isWhole: boolean;
}

const LF = 0x0a;

/** Measures the line of a stream that goes on at a cursor, looking as far as for a page in each direction. */
export function measureLine(reader: LogReader, stream: Stream, at: number): LongLine {
  const before = measureBefore(reader, stream, at);
  const after = measureAfter(reader, stream, at);
  return {
    start: before.start,
    bytes: before.bytes + after.bytes,
    isWhole: before.isWhole && after.isWhole,
  };
}

/** Whether a stream has bytes behind a cursor: a line that is open there goes on. */
export function goesOn(reader: LogReader, stream: Stream, at: number): boolean {
  for (const piece of reader.pieces(at, at + SCAN_LIMIT)) if (piece.stream === stream) return true;
  return false;
}

function measureBefore(reader: LogReader, stream: Stream, at: number): LongLine {
  const lowest = Math.max(reader.range().start, at - SCAN_LIMIT);
  let [start, bytes] = [at, 0];
  for (const piece of reader.piecesBackwards(lowest, at)) {
    if (piece.stream !== stream) continue;
    const begin = piece.bytes.lastIndexOf(LF) + 1;
    const length = piece.bytes.length - begin;
    if (length > 0) start = piece.offset + begin;
    bytes += length;
    if (begin > 0) return { start, bytes, isWhole: true };
  }
  return { start, bytes, isWhole: lowest === 0 };
}

function measureAfter(reader: LogReader, stream: Stream, at: number): Omit<LongLine, 'start'> {
  const { end } = reader.range();
  let bytes = 0;
  for (const piece of reader.pieces(at, at + SCAN_LIMIT)) {
    if (piece.stream !== stream) continue;
    const newline = piece.bytes.indexOf(LF);
    if (newline >= 0) return { bytes: bytes + newline, isWhole: true };
    bytes += piece.bytes.length;
  }
  return { bytes, isWhole: at + SCAN_LIMIT >= end };
}
