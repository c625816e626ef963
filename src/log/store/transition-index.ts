import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { onFile } from '../../base/file-error.ts';
import { type Stream, STREAMS } from './log-segments.ts';

/**
 * The index records which stream wrote which bytes, and when. A file has a header and records, each of 16 bytes,
 * little-endian. The header:
 *
 *     magic     6 bytes  "BGJIDX"
 *     version   uint16   1
 *     before    uint48   cursor behind the last byte that one stream wrote before this file, plus 1;
 *                        0 if it is not known
 *     stream    uint8    that stream: 0 stdout, 1 stderr
 *     lines     uint8    bits of the streams that had not left a line unfinished before this file: 1 stdout, 2 stderr;
 *                        0 if it is not known
 *
 * A record:
 *
 *     offset    uint48   first byte (since the job began) that the record describes
 *     stream    uint8    0 stdout, 1 stderr
 *     -         uint8    zero
 *     time      uint48   ms since the Unix epoch
 *     run       uint16   length of the run of records of the same stream that ends with this one; 65535 if it
 *                        is that long or longer; 0 if it is not known
 *
 * Bytes after the last record belong to it. A truncated record is ignored, and so is one beyond the end of the log.
 */
export interface Transition {
  readonly offset: number;
  readonly stream: Stream;
  readonly timeMs: number;
}

/** The point at which a stream stopped writing before a file begins. */
export interface Before {
  readonly stream: Stream;
  /** Cursor behind its last byte; 0 if it had not written. */
  readonly end: number;
}

export interface IndexRecord extends Transition {
  /** Length of the run of records of the same stream that ends with this one. It may be longer. */
  readonly run: number;
}

const INDEX_VERSION = 1;
const MAGIC = 'BGJIDX';
const RECORD_BYTES = 16;
const MAX_RUN = 0xffff;
/** Records that are read from disk at a time. */
const WINDOW_RECORDS = 256;

/** Appends records at positions that it counts itself, so that a write that a full disk truncates is overwritten. */
export class IndexWriter {
  readonly #fd: number;
  readonly #record = Buffer.alloc(RECORD_BYTES);
  #position = 0;
  #stream: Stream | undefined;
  #run = 0;

  /**
   * @param before the end of the stream that does not write first; that of the other one is in the previous file
   * @param atLineStart the streams that continue with a new line
   * @throws the file system's error if the file cannot be created
   */
  constructor(path: string, before: Before, atLineStart: readonly Stream[] = []) {
    this.#fd = openSync(path, 'w', 0o600);
    const header = Buffer.alloc(RECORD_BYTES);
    header.write(MAGIC, 'latin1');
    header.writeUInt16LE(INDEX_VERSION, MAGIC.length);
    header.writeUIntLE(before.end + 1, 8, 6);
    header.writeUInt8(STREAMS.indexOf(before.stream), 14);
    header.writeUInt8(
      atLineStart.reduce((bits, stream) => bits | bitOf(stream), 0),
      15,
    );
    try {
      onFile(path, () => this.#write(header));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws the file system's error if the record could not be stored completely */
  append({ offset, stream, timeMs }: Transition): void {
    this.#record.writeUIntLE(offset, 0, 6);
    this.#record.writeUInt8(STREAMS.indexOf(stream), 6);
    this.#record.writeUIntLE(timeMs, 8, 6);
    const run = stream === this.#stream ? Math.min(this.#run + 1, MAX_RUN) : 1;
    this.#record.writeUInt16LE(run, 14);
    this.#write(this.#record);
    this.#stream = stream;
    this.#run = run;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#fd, bytes, done, bytes.length - done, this.#position + done);
    }
    this.#position += bytes.length;
  }
}

/** Reads one index file. Close it after use. */
export class IndexReader {
  readonly #fd: number;
  readonly #count: number;
  readonly #window = Buffer.allocUnsafe(WINDOW_RECORDS * RECORD_BYTES);
  readonly #before: Before | undefined;
  #lineBits = 0;
  #windowFirst = -1;

  /** @throws the file system's error, or an Error if the file has an unknown version */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    const size = fstatSync(this.#fd).size;
    this.#count = Math.max(0, Math.floor(size / RECORD_BYTES) - 1);
    if (this.#count > 0) {
      const header = Buffer.alloc(RECORD_BYTES);
      readSync(this.#fd, header, 0, RECORD_BYTES, 0);
      const version = header.readUInt16LE(MAGIC.length);
      if (header.toString('latin1', 0, MAGIC.length) !== MAGIC || version !== INDEX_VERSION) {
        closeSync(this.#fd);
        throw new Error(`${path} has an unknown format (version ${version})`);
      }
      this.#lineBits = header.readUInt8(15);
      const before = header.readUIntLE(8, 6);
      if (before > 0) this.#before = { stream: STREAMS[header.readUInt8(14)] ?? 'stdout', end: before - 1 };
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Undefined if it is not known. */
  get before(): Before | undefined {
    return this.#before;
  }

  /** Returns true if a stream begins with a new line. False if that is not known. */
  beginsLine(stream: Stream): boolean {
    return (this.#lineBits & bitOf(stream)) !== 0;
  }

  /** The record at a position from 0 to `count` − 1. */
  at(position: number): IndexRecord {
    const first = position - (position % WINDOW_RECORDS);
    if (first !== this.#windowFirst) {
      readSync(this.#fd, this.#window, 0, WINDOW_RECORDS * RECORD_BYTES, (first + 1) * RECORD_BYTES);
      this.#windowFirst = first;
    }
    const at = (position - first) * RECORD_BYTES;
    return {
      offset: this.#window.readUIntLE(at, 6),
      stream: STREAMS[this.#window.readUInt8(at + 6)] ?? 'stdout',
      timeMs: this.#window.readUIntLE(at + 8, 6),
      run: Math.max(1, this.#window.readUInt16LE(at + 14)),
    };
  }

  /** Returns the position of the last record at or before `offset` (bytes); −1 if there is none. */
  find(offset: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle).offset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function bitOf(stream: Stream): number {
  return 1 << STREAMS.indexOf(stream);
}
