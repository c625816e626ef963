import { ResumedStreams } from './resumed-streams.ts';
import type { Stream } from '../store/log-segments.ts';
import type { Line } from '../render/line-assembler.ts';
import type { LogReader } from './log-reader.ts';
import type { Piece } from '../store/log-piece.ts';
import { incompleteTail } from '../render/character-decoder.ts';

export interface StreamChoice {
  /** Only this stream; both when it is left out. Cursors are those of the whole log all the same. */
  readonly stream?: Stream | undefined;
}

export interface PageRequest extends StreamChoice {
  /** Where to begin, bytes since the job began. */
  readonly cursor: number;
  /** Bytes of UTF-8 (text; 64 or more) or of output (raw) at most. */
  readonly maxBytes: number;
  /** The job writes no more, so what is half written is final. */
  readonly ended: boolean;
}

/** A part of a log. `next` is a safe point: a character boundary with no escape sequence open. */
export interface Page {
  /** Cursor of the first byte. */
  readonly start: number;
  /** The cursor to go on with. */
  readonly next: number;
  /** Behind the last byte of the log. */
  readonly end: number;
  /** Bytes between the wanted cursor and `start` that are no longer kept. */
  readonly dropped: number;
  /** The last line is not finished at `next`. */
  readonly partial: boolean;
  /** The first line shown began before `start`; `replaces`: and a carriage return gave it a new beginning. */
  readonly continued: boolean | 'replaces';
}

/** Raw bytes looked at for one page, so that a call stays short however much of a log shrinks to nothing. */
export const SCAN_LIMIT = 1024 * 1024;

const LF = 0x0a;

/** Whether a page with this choice of stream shows the given one. */
export function wanted(stream: Stream, request: StreamChoice): boolean {
  return request.stream === undefined || stream === request.stream;
}

/** What of the wanted range is there. */
export function locate(
  reader: LogReader,
  { cursor }: PageRequest,
): { start: number; dropped: number; end: number } {
  const { start, end } = reader.range();
  return { start: Math.max(cursor, start), dropped: Math.max(0, start - cursor), end };
}

/** Bytes of a slice: small against `maxBytes`, so that a page can be filled, and not too many slices. */
export function sliceSize(maxBytes: number): number {
  return Math.min(maxBytes, 4096, Math.max(16, maxBytes >> 3));
}

/** The log in pieces of `most` bytes that end at each line end, and at character boundaries if possible. */
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

/**
 * Returns whether a line began before its page.
 *
 * @param resumed the state at the beginning of the page
 * @param next the end of the page
 */
export function isContinued(
  reader: LogReader,
  line: (Pick<Line, 'stream' | 'start'> & { readonly end?: number }) | undefined,
  resumed: ResumedStreams,
  next: number,
): boolean | 'replaces' {
  if (line === undefined) return false;
  const { start } = reader.range();
  // What is dropped cannot be asked; it most likely ended amid a line.
  const isDropped = line.start > 0 && line.start <= start;
  const atStart =
    line.start === resumed.cursor ? resumed : new ResumedStreams(reader, line.start, [line.stream]);
  const { isOpen, isReturned } = atStart.lineOf(line.stream);
  if (!isOpen && !isDropped) return false;
  let bytes = isReturned ? '\r' : '';
  for (const piece of reader.pieces(line.start, Math.min(next, line.end ?? next))) {
    if (piece.stream !== line.stream) continue;
    const end = piece.bytes.indexOf(LF);
    bytes += piece.bytes.toString('latin1', 0, end < 0 ? undefined : end + 1);
    if (end >= 0) break;
  }
  // In UTF-16, a carriage return is followed by a zero byte.
  return /\r[^\r\n]/.test(bytes.replaceAll('\0', '')) ? 'replaces' : true;
}
