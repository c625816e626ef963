import { closeSync, existsSync, fstatSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder } from '../../base/ensure-folder.ts';
import { readLogEnd } from './log-end.ts';
import {
  indexPath,
  SEGMENT_COUNT,
  segmentPath,
  segmentSizeOf,
  type Stream,
  STREAMS,
} from './log-segments.ts';
import { IndexWriter } from './transition-index.ts';

const LF = 0x0a;

/** Bytes of the same stream that follow a record within this time need no record of their own. */
const RECORD_INTERVAL_MS = 100;

/**
 * Writes a job's log: raw bytes in segments, and an index beside each segment. Writes are synchronous: the caller reads
 * all jobs into one buffer and passes it on before it reads again, so memory use stays flat.
 *
 * If a write fails, for example on a full disk, the bytes of that call are lost and counted. It never throws: the job must
 * continue and its pipes must be drained.
 */
export class LogWriter {
  #folder: string;
  #segmentSize: number;
  readonly #starts: number[] = [];
  #fd: number | undefined;
  #index: IndexWriter | undefined;
  #segmentEnd = 0;
  #end = 0;
  #unstored = 0;
  #stream: Stream | undefined;
  /** Cursors behind what each stream wrote last. */
  readonly #written: Record<Stream, number> = { stdout: 0, stderr: 0 };
  /** What each stream wrote last. A log that begins again must tell a new line from the rest of one. */
  readonly #lastBytes: Record<Stream, number> = { stdout: LF, stderr: LF };
  #recordedAt = 0;
  #isRestored = true;
  #keptFrom = Infinity;

  /**
   * @param folder created with mode 0700 if it is missing, as is the folder around it
   * @param maxSize bytes to keep; older ones are dropped an eighth at a time
   * @throws the file system's error if the folder or its first files cannot be created
   */
  constructor(folder: string, maxSize: number) {
    this.#folder = folder;
    this.#segmentSize = segmentSizeOf(maxSize);
    this.#openSegment();
  }

  /**
   * Renames the folder of a log that was created in advance. Nothing may have been written to it.
   *
   * @param folder must not exist, or be empty
   * @param maxSize bytes to keep
   * @throws the file system's error
   */
  moveTo(folder: string, maxSize: number): void {
    renameSync(this.#folder, folder);
    this.#folder = folder;
    this.#segmentSize = segmentSizeOf(maxSize);
    this.#segmentEnd = this.#segmentSize;
  }

  /** Bytes stored since the job began: the cursor behind the last one. */
  get end(): number {
    return this.#end;
  }

  /** Reads the last bytes up to a cursor. Fewer if they are not kept. */
  readBefore(end: number, maxBytes: number): Buffer {
    return readLogEnd(this.#folder, end, maxBytes);
  }

  /** Keeps what is behind a cursor, even if the log exceeds its limit. Drops what is no longer kept. Infinity: keep nothing. */
  keepFrom(cursor: number): void {
    this.#keptFrom = cursor;
    this.#dropAbove(SEGMENT_COUNT);
  }

  /** The log exceeds its limit, because of `keepFrom()`. */
  get isOverfull(): boolean {
    return this.#starts.length > SEGMENT_COUNT;
  }

  /** Bytes that could not be stored. */
  get unstored(): number {
    return this.#unstored;
  }

  /** Stores output: the first `length` bytes of `bytes`. */
  write(stream: Stream, bytes: Uint8Array, length: number, timeMs = Date.now()): void {
    let done = 0;
    try {
      while (done < length) {
        const isRecordDue = this.#isRecordDue(stream, timeMs);
        const isFull = this.#fd === undefined || this.#end >= this.#segmentEnd;
        if (!this.#isRestored && (isFull || isRecordDue) && !existsSync(this.#folder)) break;
        const isNewSegment = isFull || (isRecordDue && this.#isDeleted());
        if (isNewSegment) this.#openSegment(stream);
        if (isNewSegment || isRecordDue) this.#record(stream, timeMs);
        const part = Math.min(length - done, this.#segmentEnd - this.#end);
        const written = writeSync(this.#fd as number, bytes, done, part);
        done += written;
        this.#end += written;
        this.#written[stream] = this.#end;
        this.#lastBytes[stream] = bytes[done - 1]!;
      }
    } catch {
      // Counted below and reported in the record. The caller cannot do anything else.
    }
    if (done < length) this.#lastBytes[stream] = bytes[length - 1]!;
    this.#unstored += length - done;
  }

  /** Stops recreating a deleted log. Its job has exited, and the processes that it left behind may print forever. */
  stopRestoring(): void {
    this.#isRestored = false;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#index?.close();
    this.#index = undefined;
  }

  #isRecordDue(stream: Stream, timeMs: number): boolean {
    const age = timeMs - this.#recordedAt;
    return stream !== this.#stream || age < 0 || age >= RECORD_INTERVAL_MS;
  }

  /** Returns true if the file of a running job was deleted: later output would be lost. */
  #isDeleted(): boolean {
    return this.#fd !== undefined && fstatSync(this.#fd).nlink === 0;
  }

  #record(stream: Stream, timeMs: number): void {
    this.#index?.append({ offset: this.#end, stream, timeMs });
    this.#stream = stream;
    this.#recordedAt = timeMs;
  }

  /** @param first the stream that writes next */
  #openSegment(first: Stream = 'stdout'): void {
    this.close();
    this.#dropAbove(SEGMENT_COUNT - 1);
    // If the folder was deleted, or the one with all logs, later output is kept again.
    ensureFolder(dirname(this.#folder));
    ensureFolder(this.#folder);
    const other = first === 'stdout' ? 'stderr' : 'stdout';
    const before = { stream: other, end: this.#written[other] } as const;
    const atLineStart = STREAMS.filter((stream) => this.#lastBytes[stream] === LF);
    this.#index = new IndexWriter(indexPath(this.#folder, this.#end), before, atLineStart);
    try {
      this.#fd = openSync(segmentPath(this.#folder, this.#end), 'w', 0o600);
    } catch (error) {
      this.close();
      throw error;
    }
    if (this.#starts.at(-1) !== this.#end) this.#starts.push(this.#end);
    this.#segmentEnd = this.#end + this.#segmentSize;
    this.#stream = undefined;
  }

  #dropAbove(count: number): void {
    // A segment ends where the next one starts, the last one at the end of the log.
    while (this.#starts.length > count && (this.#starts[1] ?? this.#end) <= this.#keptFrom)
      this.#dropOldest();
  }

  #dropOldest(): void {
    const start = this.#starts.shift() as number;
    for (const path of [segmentPath(this.#folder, start), indexPath(this.#folder, start)]) {
      try {
        unlinkSync(path);
      } catch {
        // Already gone. It only must not take space.
      }
    }
  }
}
