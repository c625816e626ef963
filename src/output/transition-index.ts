import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { STREAMS, type Stream } from './layout.ts';

/**
 * The index says which stream wrote which bytes, and when. A file is a 16-byte header ("BGJIDX", format
 * version as uint16 LE, 8 zero bytes), then records of 16 bytes, little-endian:
 *
 *     offset  uint48   first byte (since the job began) that the record speaks of
 *     stream  uint8    0 stdout, 1 stderr
 *     -       uint8    zero
 *     time    uint48   ms since the Unix epoch
 *     -       uint16   zero
 *
 * Bytes after the last record belong to it. A record that is cut short is ignored, and so is one past the end.
 */
export interface Transition {
  readonly offset: number;
  readonly stream: Stream;
  readonly timeMs: number;
}

export const INDEX_VERSION = 1;
const MAGIC = 'BGJIDX';
const SIZE = 16;
/** Records read from the disk at a time. */
const WINDOW = 256;

/** Appends records at positions it counts itself, so that a write cut short by a full disk is overwritten. */
export class IndexWriter {
  readonly #fd: number;
  readonly #record = Buffer.alloc(SIZE);
  #position = 0;

  /** @throws the file system's error when the file cannot be made */
  constructor(path: string) {
    this.#fd = openSync(path, 'w', 0o600);
    const header = Buffer.alloc(SIZE);
    header.write(MAGIC, 'latin1');
    header.writeUInt16LE(INDEX_VERSION, MAGIC.length);
    try {
      this.#write(header);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws the file system's error when the record could not be stored whole */
  append({ offset, stream, timeMs }: Transition): void {
    this.#record.writeUIntLE(offset, 0, 6);
    this.#record.writeUInt8(STREAMS.indexOf(stream), 6);
    this.#record.writeUIntLE(timeMs, 8, 6);
    this.#write(this.#record);
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
  readonly #window = Buffer.allocUnsafe(WINDOW * SIZE);
  #windowFirst = -1;

  /** @throws the file system's error, or an Error when the file has a version that we do not know */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    const size = fstatSync(this.#fd).size;
    this.#count = Math.max(0, Math.floor(size / SIZE) - 1);
    if (this.#count > 0) {
      const header = Buffer.alloc(SIZE);
      readSync(this.#fd, header, 0, SIZE, 0);
      const version = header.readUInt16LE(MAGIC.length);
      if (header.toString('latin1', 0, MAGIC.length) !== MAGIC || version !== INDEX_VERSION) {
        closeSync(this.#fd);
        throw new Error(`${path} has an unknown format (version ${version})`);
      }
    }
  }

  get count(): number {
    return this.#count;
  }

  /** The record at a position from 0 to `count` − 1. */
  at(position: number): Transition {
    const first = position - (position % WINDOW);
    if (first !== this.#windowFirst) {
      readSync(this.#fd, this.#window, 0, WINDOW * SIZE, (first + 1) * SIZE);
      this.#windowFirst = first;
    }
    const at = (position - first) * SIZE;
    return {
      offset: this.#window.readUIntLE(at, 6),
      stream: STREAMS[this.#window.readUInt8(at + 6)] ?? 'stdout',
      timeMs: this.#window.readUIntLE(at + 8, 6),
    };
  }

  /** Position of the last record at or before `offset` (bytes); −1 when there is none. */
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
