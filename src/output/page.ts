import { STREAMS, type Stream } from './layout.ts';
import { BLOCK, type LogReader, type Piece } from './log-reader.ts';

export interface StreamChoice {
  /** Only this stream; both when it is left out. Cursors are those of the whole log all the same. */
  readonly stream?: Stream | undefined;
}

export interface PageRequest extends StreamChoice {
  /** Where to begin, bytes since the job began. */
  readonly cursor: number;
  /** Bytes of UTF-8 (text) or of output (raw) at most. */
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
  /** The first line began before `start`; `replaces`: and a carriage return makes this its new beginning. */
  readonly continued: boolean | 'replaces';
}

/** Raw bytes looked at for one page, so that a call stays short however much of a log shrinks to nothing. */
export const SCAN_LIMIT = 1024 * 1024;

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

/** The log in pieces that end at each line end and at character boundaries, small against `maxBytes`. */
export function* slices(reader: LogReader, start: number, end: number, maxBytes: number): Generator<Piece> {
  const most = Math.min(4096, Math.max(16, maxBytes >> 3));
  for (const piece of reader.pieces(start, end)) {
    const { bytes } = piece;
    for (let from = 0; from < bytes.length;) {
      let to = Math.min(bytes.length, from + most);
      const newline = bytes.subarray(from, to).indexOf(0x0a);
      if (newline >= 0) to = from + newline + 1;
      else if (to < bytes.length) {
        for (let back = 0; back < 3 && ((bytes[to] as number) & 0xc0) === 0x80; back++) to--;
      }
      yield { ...piece, offset: piece.offset + from, bytes: bytes.subarray(from, to) };
      from = to;
    }
  }
}

/** Whether the first line of a page began before it. */
export function isContinued(
  reader: LogReader,
  start: number,
  next: number,
  request: StreamChoice,
): boolean | 'replaces' {
  if (start === 0) return false;
  const seen = new Set<Stream>();
  let continued: boolean | 'replaces' = false;
  for (const piece of reader.pieces(start, next)) {
    if (!seen.has(piece.stream) && wanted(piece.stream, request)) {
      if (endsInsideLine(reader, start, piece.stream)) {
        const returns = piece.bytes[0] === 0x0d && piece.bytes[1] !== 0x0a;
        continued = returns ? 'replaces' : true;
      }
    }
    seen.add(piece.stream);
    if (continued !== false || seen.size === STREAMS.length) break;
  }
  return continued;
}

/** Whether the last byte that a stream wrote before `cursor` is something else than a line end. */
function endsInsideLine(reader: LogReader, cursor: number, stream: Stream): boolean {
  const from = Math.max(reader.range().start, cursor - BLOCK);
  for (const piece of reader.piecesBackwards(from, cursor)) {
    if (piece.stream === stream) return piece.bytes.at(-1) !== 0x0a;
  }
  // Nothing of it nearby. What is dropped cannot be asked; it most likely ended amid a line.
  return from === cursor && cursor > 0;
}
