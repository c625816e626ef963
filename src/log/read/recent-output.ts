import type { Piece } from '../store/log-piece.ts';
import type { Stream } from '../store/log-segments.ts';

/** Bytes of output that are kept of a job. */
export const RECENT_BYTES = 64 * 1024;
/** Size of the buffers that collect output which comes in small parts. */
const BUFFER_BYTES = 4 * 1024;

/** A part of a log, as cursors. */
interface Run {
  readonly start: number;
  readonly end: number;
}

/** Reads the log from one cursor to another. */
type ReadLog = (from: number, to: number) => Iterable<Piece>;

/**
 * Keeps the last output of a log in memory. It is a copy of what is on disk, and missing parts are read from there. So it
 * does not matter if a notice with new output is late, comes twice or never comes.
 */
export class RecentOutput {
  /** Without gaps. */
  #pieces: Piece[] = [];
  #start = 0;
  #end = 0;
  /** The free part of the buffer for what follows. */
  #free: Buffer = Buffer.alloc(0);
  /** Where a stream wrote last before the output that is kept. Null: nowhere. */
  readonly #before = new Map<Stream, Run | null>();

  /**
   * Adds output that the runner has reported.
   *
   * @param offset cursor of the first byte
   */
  add(stream: Stream, offset: number, bytes: Buffer): void {
    // What is missing is read from the disk once it is needed.
    if (offset > this.#end || offset + bytes.length <= this.#end) return;
    this.#append({ stream, bytes: bytes.subarray(this.#end - offset) });
    this.#trim();
  }

  /**
   * Yields the output between two cursors.
   *
   * @param log which part of the log is kept on disk. `from` and `to` must be in it.
   */
  *pieces(from: number, to: number, log: Run, read: ReadLog): Generator<Piece> {
    // The log was deleted.
    if (log.end < this.#end) this.#reset(log.end);
    if (from < this.#start || to > this.#end) {
      const found = this.#fetch(from, to, log, read);
      if (found !== undefined) {
        yield* found;
        return;
      }
    }
    let position = this.#pieces.findLastIndex(({ offset }) => offset <= from);
    // The list may change before the caller continues.
    const pieces = this.#pieces;
    for (let cursor = from; cursor < to; position++) {
      const piece = pieces[position];
      if (piece === undefined) return;
      const bytes = piece.bytes.subarray(cursor - piece.offset, to - piece.offset);
      yield { ...piece, offset: cursor, bytes };
      cursor += bytes.length;
    }
  }

  /**
   * Returns where the bytes are that a stream wrote last before a cursor; null if there are none.
   *
   * @param find looks it up in the log
   */
  lastRun(
    stream: Stream,
    cursor: number,
    log: Run,
    find: (cursor: number) => Run | undefined,
  ): Run | undefined {
    if (cursor <= this.#start || cursor > this.#end || log.end < this.#end) return find(cursor);
    const last = this.#pieces.findLast((piece) => piece.stream === stream && piece.offset < cursor);
    if (last !== undefined) {
      const end = Math.min(cursor, last.offset + last.bytes.length);
      // Its files may have been deleted since.
      return end <= log.start ? undefined : { start: Math.max(last.offset, log.start), end };
    }
    let before = this.#before.get(stream);
    if (before === undefined) {
      before = find(this.#start) ?? null;
      this.#before.set(stream, before);
    }
    // Its segment may have been dropped since.
    if (before === null || before.end <= log.start) return undefined;
    return { start: Math.max(before.start, log.start), end: before.end };
  }

  /** Reads what is missing. Returns it if it is not kept, because it is long or not near the end of the log. */
  #fetch(from: number, to: number, log: Run, read: ReadLog): Iterable<Piece> | undefined {
    if (from < log.end - RECENT_BYTES) return read(from, to);
    if (from > this.#end || this.#start === this.#end) {
      const found = [...read(from, to)];
      // What was dropped or deleted in the meantime is missing.
      if (!covers(found, from, to)) return found;
      this.#reset(from);
      for (const piece of found) this.#append(piece);
      return undefined;
    }
    if (from < this.#start) {
      const earlier = [...read(from, this.#start)];
      if (!covers(earlier, from, this.#start)) return read(from, to);
      const kept = this.#pieces;
      const before = new Map(this.#before);
      this.#reset(from);
      for (const piece of [...earlier, ...kept]) this.#append(piece);
      // A run that ends behind `from` is in the pieces now.
      for (const [stream, run] of before) if (run === null || run.end <= from) this.#before.set(stream, run);
    }
    if (to > this.#end) {
      const later = [...read(this.#end, to)];
      if (!covers(later, this.#end, to)) return read(from, to);
      for (const piece of later) this.#append(piece);
      // Not behind `from`, since the log ends within this distance.
      this.#trim();
    }
    return undefined;
  }

  /** Adds bytes at the end. Consecutive bytes of a stream are one piece, as they are when they are read from disk. */
  #append({ stream, bytes }: Pick<Piece, 'stream' | 'bytes'>): void {
    const last = this.#pieces.at(-1);
    const isSame = last?.stream === stream;
    if (isSame && this.#free.length < bytes.length) this.#free = this.#moveLast(last, bytes.length);
    else if (this.#free.length < bytes.length) this.#free = newBuffer(bytes.length);
    bytes.copy(this.#free);
    const joined = this.#pieces.at(-1);
    // A new object, since a reader may hold the old one.
    if (isSame && joined !== undefined)
      this.#pieces[this.#pieces.length - 1] = { ...joined, bytes: extended(joined.bytes, bytes.length) };
    else this.#pieces.push({ stream, offset: this.#end, bytes: this.#free.subarray(0, bytes.length) });
    this.#free = this.#free.subarray(bytes.length);
    this.#end += bytes.length;
  }

  /** Copies the last piece to a larger buffer. @returns the free part of the buffer */
  #moveLast(last: Piece, more: number): Buffer {
    const buffer = newBuffer(last.bytes.length + Math.max(more, last.bytes.length));
    last.bytes.copy(buffer);
    this.#pieces[this.#pieces.length - 1] = { ...last, bytes: buffer.subarray(0, last.bytes.length) };
    return buffer.subarray(last.bytes.length);
  }

  #trim(): void {
    const lowest = this.#end - RECENT_BYTES;
    if (this.#start >= lowest) return;
    let dropped = 0;
    for (const { stream, offset, bytes } of this.#pieces) {
      const end = offset + bytes.length;
      if (end > lowest) break;
      this.#before.set(stream, { start: offset, end });
      dropped++;
    }
    const [first, ...rest] = this.#pieces.slice(dropped);
    this.#start = lowest;
    if (first === undefined) return;
    const cut = { ...first, offset: lowest, bytes: first.bytes.subarray(lowest - first.offset) };
    this.#pieces = [cut, ...rest];
  }

  /** Forgets everything. */
  #reset(cursor: number): void {
    this.#pieces = [];
    this.#free = Buffer.alloc(0);
    this.#before.clear();
    this.#start = cursor;
    this.#end = cursor;
  }
}

function covers(pieces: readonly Piece[], from: number, to: number): boolean {
  let cursor = from;
  for (const { offset, bytes } of pieces) {
    if (offset !== cursor) return false;
    cursor += bytes.length;
  }
  return cursor === to;
}

function newBuffer(size: number): Buffer {
  return Buffer.allocUnsafeSlow(Math.max(BUFFER_BYTES, size));
}

/** Returns the bytes with those behind them in the same memory. */
function extended({ buffer, byteOffset, length }: Buffer, more: number): Buffer {
  return Buffer.from(buffer, byteOffset, length + more);
}
