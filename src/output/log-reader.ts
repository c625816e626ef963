import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { indexPath, listSegments, segmentPath, throwUnlessGone, type Stream } from './layout.ts';
import { IndexReader } from './transition-index.ts';

/** Consecutive bytes of one stream. */
export interface Piece {
  readonly stream: Stream;
  /** Cursor of the first byte. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** When they were read from the job, ms since the Unix epoch. */
  readonly timeMs: number;
}

/** What a log folder holds at one moment, as cursors (bytes since the job began). */
export interface LogRange {
  /** The first byte that is still kept. */
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
}

/** What is said of bytes whose index is gone. */
const UNKNOWN = { stream: 'stdout', timeMs: 0 } as const;

/** Bytes read from the disk at a time, in either direction. */
export const BLOCK = 64 * 1024;
/** Records of an index looked at to find what a stream wrote last: those of minutes at least. */
const RECORDS = 4096;

/**
 * Reads a job's log from its folder, while it is written or afterwards. It keeps no position: any number of
 * readers see the same. Reads are synchronous and small (a block at a time).
 */
export class LogReader {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** What can be read now; an empty range at 0 when there is no log. @throws the file system's error */
  range(): LogRange {
    const segments = listSegments(this.folder);
    const last = segments.at(-1);
    if (last === undefined) return { start: 0, end: 0 };
    const size = statSync(segmentPath(this.folder, last), { throwIfNoEntry: false })?.size ?? 0;
    return { start: segments[0] as number, end: last + size };
  }

  /**
   * The pieces from one cursor to another, in order. What was dropped in the meantime is left out: a gap shows
   * as a jump of `offset`.
   *
   * @throws the file system's error when what is there cannot be opened, as for want of descriptors (EMFILE)
   */
  *pieces(from: number, to: number): Generator<Piece> {
    // Not past what is there now: the index, opened below, surely covers that, as records precede their bytes.
    const end = Math.min(to, this.range().end);
    for (let cursor = from; cursor < end;) {
      const segments = listSegments(this.folder);
      const position = segments.findLastIndex((start) => start <= cursor);
      const start = segments[position] ?? segments[0];
      if (start === undefined || start >= end) return;
      cursor = Math.max(cursor, start);
      const segmentEnd = segments[Math.max(position, 0) + 1] ?? end;
      const read = yield* this.#segmentPieces(start, cursor, Math.min(end, segmentEnd));
      // Nothing came: it was dropped just now (go on with the next), or it ends here.
      cursor = read > cursor ? read : segmentEnd;
    }
  }

  /**
   * Behind the last byte that a stream wrote before a cursor (not beyond the end of the log); undefined when it wrote none, or long ago. The index
   * alone is asked.
   */
  endOf(stream: Stream, cursor: number): number | undefined {
    let end = cursor;
    let left = RECORDS;
    for (const start of listSegments(this.folder).reverse()) {
      if (start >= end) continue;
      let index: IndexReader;
      try {
        index = new IndexReader(indexPath(this.folder, start));
      } catch {
        return undefined;
      }
      try {
        for (let position = index.find(end - 1); position >= 0; position--) {
          const record = index.at(position);
          if (record.stream === stream) return end;
          if (--left === 0) return undefined;
          end = record.offset;
        }
      } finally {
        index.close();
      }
    }
    return undefined;
  }

  /** The pieces from one cursor to another, last first. */
  *piecesBackwards(from: number, to: number): Generator<Piece> {
    for (let end = to; end > from;) {
      const start = Math.max(from, end - BLOCK);
      yield* [...this.pieces(start, end)].reverse();
      end = start;
    }
  }

  *#segmentPieces(start: number, from: number, to: number): Generator<Piece, number> {
    let log: number;
    let index: IndexReader;
    try {
      log = openSync(segmentPath(this.folder, start), 'r');
    } catch (error) {
      throwUnlessGone(error);
      return from;
    }
    try {
      index = new IndexReader(indexPath(this.folder, start));
    } catch (error) {
      closeSync(log);
      throwUnlessGone(error);
      return from;
    }
    try {
      return yield* readTransitions(log, index, start, from, to);
    } finally {
      closeSync(log);
      index.close();
    }
  }
}

function* readTransitions(
  log: number,
  index: IndexReader,
  start: number,
  from: number,
  to: number,
): Generator<Piece, number> {
  let position = Math.max(0, index.find(from));
  let block = Buffer.alloc(0);
  let blockOffset = from;
  for (let cursor = from; cursor < to;) {
    if (cursor >= blockOffset + block.length) {
      const next = Buffer.allocUnsafe(Math.min(BLOCK, to - cursor));
      const length = readSync(log, next, 0, next.length, cursor - start);
      if (length === 0) return cursor;
      block = next.subarray(0, length);
      blockOffset = cursor;
    }
    while (position + 1 < index.count && index.at(position + 1).offset <= cursor) position++;
    const { stream, timeMs } = position < index.count ? index.at(position) : UNKNOWN;
    // The run goes on to the end of the block, or to the next record that names another stream.
    let runEnd = blockOffset + block.length;
    for (; position + 1 < index.count; position++) {
      const next = index.at(position + 1);
      if (next.offset < runEnd && next.stream !== stream) runEnd = next.offset;
      if (next.offset >= runEnd) break;
    }
    yield {
      stream,
      offset: cursor,
      bytes: block.subarray(cursor - blockOffset, runEnd - blockOffset),
      timeMs,
    };
    cursor = runEnd;
  }
  return to;
}
