import { incompleteTail } from '../render/character-decoder.ts';
import type { Line } from '../render/line-assembler.ts';
import type { Piece } from '../store/log-piece.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import type { LogReader } from './log-reader.ts';
import { ResumedStreams } from './resumed-streams.ts';

export interface StreamChoice {
  /** The stream to read; both by default. Cursors always count the bytes of both. */
  readonly stream?: Stream | undefined;
}

export interface PageRequest extends StreamChoice {
  /** The cursor to begin at, in bytes since the job began. */
  readonly cursor: number;
  /** Largest size of the page, in bytes of UTF-8 (text; 64 or more) or of output (raw). */
  readonly maxBytes: number;
  /** The job writes no more, so incomplete characters are final. */
  readonly ended: boolean;
}

/** A part of a log. `next` is a safe point: a character boundary with no escape sequence open. */
export interface Page {
  /** Cursor of the first byte. */
  readonly start: number;
  /** The cursor to continue from. */
  readonly next: number;
  /** Cursor behind the last byte of the log. */
  readonly end: number;
  /** Bytes between the requested cursor and `start` that are no longer kept. */
  readonly dropped: number;
  /** The last line is not finished at `next`. */
  readonly partial: boolean;
  /**
   * The first line began before `start`. `replaces`: the text is the line from its beginning, since that was changed. Bytes
   * replace nothing.
   */
  readonly continued: boolean | 'replaces';
}

/** Bytes of output that are read for one page, so that a call stays short even if they show nothing. */
export const SCAN_LIMIT_BYTES = 1024 * 1024;

const LF = 0x0a;

/** Returns true if a request includes a stream. */
export function wanted(stream: Stream, request: StreamChoice): boolean {
  return request.stream === undefined || stream === request.stream;
}

/** Returns which part of the requested range is kept. */
export function locate(
  reader: LogReader,
  { cursor }: PageRequest,
): { start: number; dropped: number; end: number } {
  const { start, end } = reader.range();
  return { start: Math.max(cursor, start), dropped: Math.max(0, start - cursor), end };
}

/** Returns the bytes of a slice: few compared to `maxBytes`, so that a page can be filled, but not too few. */
export function sliceSize(maxBytes: number): number {
  return Math.min(maxBytes, 4096, Math.max(16, maxBytes >> 3));
}

/** Yields the log in pieces of at most `most` bytes that end at line ends, and at character boundaries if possible. */
export function* slices(reader: LogReader, start: number, end: number, most: number): Generator<Piece> {
  for (const piece of reader.pieces(start, end)) {
    const { bytes } = piece;
    for (let from = 0; from < bytes.length;) {
      let to = Math.min(bytes.length, from + most);
      const newline = bytes.subarray(from, to).indexOf(LF);
      if (newline >= 0) to = from + newline + 1;
      else if (to < bytes.length) to -= incompleteTail(bytes.subarray(from, to));
      if (to === from) to = from + 1;
      yield { ...piece, offset: piece.offset + from, bytes: bytes.subarray(from, to) };
      from = to;
    }
  }
}

/** Returns true if the beginning of a line is no longer kept. Without a stream, the line can be of either one. */
export function isDropped(
  reader: LogReader,
  { start, stream }: Pick<Line, 'start'> & Partial<Pick<Line, 'stream'>>,
): boolean {
  if (start === 0 || start > reader.range().start) return false;
  return !(stream === undefined ? STREAMS : [stream]).every((each) => reader.beginsLine(each));
}

/**
 * Returns whether a line began before its page.
 *
 * @param resumed the state at the beginning of the page
 */
export function isContinued(
  reader: LogReader,
  line: Pick<Line, 'stream' | 'start' | 'isRedrawn'> | undefined,
  resumed: ResumedStreams,
): boolean | 'replaces' {
  if (line === undefined) return false;
  // It may have been erased since, and then begins again behind that.
  if (line.isRedrawn === true && resumed.isInLine(line.stream)) return 'replaces';
  const atStart =
    line.start === resumed.cursor ? resumed : new ResumedStreams(reader, line.start, [line.stream]);
  if (!atStart.isInLine(line.stream) && !isDropped(reader, line)) return false;
  return line.isRedrawn === true ? 'replaces' : true;
}
