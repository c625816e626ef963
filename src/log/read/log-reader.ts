import { readSync, statSync } from 'node:fs';
import { utf16OfMark } from '../render/text-encoding.ts';
import type { Piece } from '../store/log-piece.ts';
import { segmentPath, type Stream } from '../store/log-segments.ts';
import type { IndexReader } from '../store/transition-index.ts';
import { FreshFiles, HeldFiles, type LogFiles } from './log-files.ts';
import type { RecentOutput } from './recent-output.ts';

/** What a log folder contains at one moment, as cursors (bytes since the job began). */
export interface LogRange {
  /** Cursor of the first byte that is still kept. */
  readonly start: number;
  /** Cursor behind the last byte. */
  readonly end: number;
}

/** The stream of bytes whose index is gone. */
const UNKNOWN = { stream: 'stdout' } as const;

/** Bytes that are read from disk at a time, in either direction. */
export const BLOCK_BYTES = 64 * 1024;
/** The size of the first block of a backward read. */
const FIRST_BLOCK_BYTES = 8 * 1024;
/** Steps back through the index to find what a stream wrote last. Logs of earlier versions need more than one. */
const MAX_INDEX_STEPS = 4096;

/**
 * Reads a job's log from its folder, while it is written or later. It has no position, so any number of readers see the
 * same. Reads are synchronous and small (a block at a time).
 */
export class LogReader {
  readonly folder: string;
  /** Rows of the terminal of the job; undefined without one. */
  readonly rows: number | undefined;
  readonly #files: LogFiles;
  readonly #encoding: string | undefined;
  readonly #recent: RecentOutput | undefined;

  /**
   * @param encoding the encoding of the output, a name that `encodingNamed()` returned; by default UTF-8 or UTF-16
   * @param recent the memory for its last output
   * @param rows of the terminal of the job, if it has one
   */
  constructor(
    folder: string,
    encoding?: string,
    files: LogFiles = new FreshFiles(folder),
    recent?: RecentOutput,
    rows?: number,
  ) {
    this.folder = folder;
    this.#encoding = encoding;
    this.#files = files;
    this.#recent = recent;
    this.rows = rows;
  }

  /**
   * Returns the encoding of a stream, if it is not UTF-8.
   *
   * @param sample some of its bytes, which save looking for a byte order mark in most logs: text in UTF-16 has zeros
   */
  encodingOf(stream: Stream, sample: Buffer): string | undefined {
    if (this.#encoding !== undefined) return this.#encoding;
    const isPossible = sample.includes(0) || utf16OfMark(sample) !== undefined;
    if (!isPossible || this.range().start > 0) return undefined;
    for (const piece of this.pieces(0, FIRST_BLOCK_BYTES)) {
      if (piece.stream === stream) return utf16OfMark(piece.bytes);
    }
    return undefined;
  }

  /** Returns the encoding of the output of a terminal, which has one stream, if it is not UTF-8. */
  terminalEncoding(): string | undefined {
    const [first] = this.pieces(0, FIRST_BLOCK_BYTES);
    return this.encodingOf('stdout', first?.bytes ?? Buffer.alloc(0));
  }

  /**
   * Reads the log as it is now. The reader that `work` receives looks at the folder once and opens each file once.
   */
  hold<T>(work: (held: LogReader) => T): T {
    if (this.#files instanceof HeldFiles) return work(this);
    const files = new HeldFiles(this.#files);
    try {
      return work(new LogReader(this.folder, this.#encoding, files, this.#recent, this.rows));
    } finally {
      files.close();
    }
  }

  /**
   * Returns what can be read now. If there are no files, the range is empty: at 0, or at the end of a log that was deleted.
   *
   * @throws the file system's error
   */
  range(): LogRange {
    const { segments, end } = this.#files.extent();
    return { start: segments[0] ?? end, end };
  }

  /** Returns false if there are no files: the job has not started, or something deleted its log. */
  isKept(): boolean {
    return this.#files.extent().segments.length > 0;
  }

  /** Returns true if the first byte of a stream that is kept begins a line. False if that is not known. */
  beginsLine(stream: Stream): boolean {
    const [first = 0] = this.#files.extent().segments;
    if (first === 0) return true;
    const segment = this.#files.open(first);
    if (segment === undefined) return false;
    try {
      return segment.index.beginsLine(stream);
    } finally {
      this.#files.release(segment);
    }
  }

  /** Returns when the log was written last, in ms since the epoch. Undefined if nothing of it is kept. */
  writtenAt(): number | undefined {
    const last = this.#files.extent().segments.at(-1);
    if (last === undefined) return undefined;
    return statSync(segmentPath(this.folder, last), { throwIfNoEntry: false })?.mtimeMs;
  }

  /**
   * Yields the pieces from one cursor to another, in order. Bytes that were dropped in the meantime are a gap in `offset`.
   *
   * @throws the file system's error if a file exists but cannot be opened, for example without descriptors (EMFILE)
   */
  *pieces(from: number, to: number): Generator<Piece> {
    const range = this.range();
    // Not beyond the current end: the index is opened later and covers that, since records precede their bytes.
    const [first, end] = [Math.max(from, range.start), Math.min(to, range.end)];
    const read = (start: number, behind: number): Generator<Piece> => this.#stored(start, behind);
    if (first < end) yield* this.#recent?.pieces(first, end, range, read) ?? this.#stored(first, end);
  }

  *#stored(from: number, end: number): Generator<Piece> {
    for (let cursor = from; cursor < end;) {
      const { segments } = this.#files.extent();
      const position = segments.findLastIndex((start) => start <= cursor);
      const start = segments[position] ?? segments[0];
      if (start === undefined || start >= end) return;
      cursor = Math.max(cursor, start);
      const segmentEnd = segments[Math.max(position, 0) + 1] ?? end;
      const read = yield* this.#segmentPieces(start, cursor, Math.min(end, segmentEnd));
      // Nothing was read: the segment was just dropped, so continue with the next, or the log ends here.
      cursor = read > cursor ? read : segmentEnd;
    }
  }

  /**
   * Returns where the bytes are that a stream wrote last before a cursor, which is not beyond the end of the log.
   * Undefined if none of them are kept. This reads only the index.
   */
  lastRun(stream: Stream, cursor: number): LogRange | undefined {
    const find = (before: number): LogRange | undefined => this.#storedRun(stream, before);
    return this.#recent === undefined
      ? find(cursor)
      : this.#recent.lastRun(stream, cursor, this.range(), find);
  }

  #storedRun(stream: Stream, cursor: number): LogRange | undefined {
    let end = cursor;
    let left = MAX_INDEX_STEPS;
    for (const start of this.#files.extent().segments.toReversed()) {
      if (start >= end) continue;
      const segment = this.#files.open(start);
      if (segment === undefined) return undefined;
      const { index } = segment;
      try {
        for (let position = index.find(end - 1); position >= 0;) {
          const record = index.at(position);
          if (record.stream === stream) return { start: record.offset, end };
          if (--left === 0) return undefined;
          const first = Math.max(0, position - record.run + 1);
          end = index.at(first).offset;
          position = first - 1;
          // Not in this segment, whose index says where it was before.
          if (position < 0 && index.before?.stream === stream) end = Math.min(end, index.before.end);
        }
      } finally {
        this.#files.release(segment);
      }
    }
    return undefined;
  }

  /** Yields the pieces from one cursor to another, last first. Callers mostly stop early, so blocks grow. */
  *piecesBackwards(from: number, to: number): Generator<Piece> {
    let size = FIRST_BLOCK_BYTES;
    for (let end = to; end > from; size = Math.min(size * 2, BLOCK_BYTES)) {
      const start = Math.max(from, end - size);
      yield* [...this.pieces(start, end)].reverse();
      end = start;
    }
  }

  *#segmentPieces(start: number, from: number, to: number): Generator<Piece, number> {
    const segment = this.#files.open(start);
    if (segment === undefined) return from;
    try {
      return yield* readTransitions(segment.fd, segment.index, start, from, to);
    } finally {
      this.#files.release(segment);
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
      const next = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, to - cursor));
      const length = readSync(log, next, 0, next.length, cursor - start);
      if (length === 0) return cursor;
      block = next.subarray(0, length);
      blockOffset = cursor;
    }
    while (position + 1 < index.count && index.at(position + 1).offset <= cursor) position++;
    const { stream } = position < index.count ? index.at(position) : UNKNOWN;
    // The run extends to the end of the block, or to the next record of another stream.
    let runEnd = blockOffset + block.length;
    for (; position + 1 < index.count; position++) {
      const next = index.at(position + 1);
      // After a power failure, a record may be zeros.
      if (next.offset <= cursor) continue;
      if (next.offset < runEnd && next.stream !== stream) runEnd = next.offset;
      if (next.offset >= runEnd) break;
    }
    yield { stream, offset: cursor, bytes: block.subarray(cursor - blockOffset, runEnd - blockOffset) };
    cursor = runEnd;
  }
  return to;
}
