import { closeSync, openSync, statSync } from 'node:fs';
import { indexPath, listSegments, segmentPath } from '../store/log-segments.ts';
import { throwUnlessGone } from '../../base/throw-unless-gone.ts';
import { IndexReader } from '../store/transition-index.ts';

/** The segments of a log, and where the last of them ends. */
export interface Extent {
  /** Cursors (bytes since the job began) of the first bytes of the segments, ascending. */
  readonly segments: readonly number[];
  readonly end: number;
}

/** A segment and its index, open to be read. */
export interface OpenSegment {
  readonly fd: number;
  readonly index: IndexReader;
}

/** How a log's files are looked for and opened. */
export interface LogFiles {
  /** @throws the file system's error */
  extent(): Extent;
  /** Undefined when the segment is gone. @throws the file system's error when it cannot be opened */
  open(start: number): OpenSegment | undefined;
  /** To be called for what `open` gave. */
  release(segment: OpenSegment): void;
}

/** Looks anew at each call, and leaves nothing open: for a log that is read now and then, while it grows. */
export class FreshFiles implements LogFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  extent(): Extent {
    const segments = listSegments(this.#folder);
    const last = segments.at(-1);
    if (last === undefined) return { segments, end: 0 };
    const size = statSync(segmentPath(this.#folder, last), { throwIfNoEntry: false })?.size ?? 0;
    return { segments, end: last + size };
  }

  open(start: number): OpenSegment | undefined {
    let fd: number | undefined;
    try {
      fd = openSync(segmentPath(this.#folder, start), 'r');
      return { fd, index: new IndexReader(indexPath(this.#folder, start)) };
    } catch (error) {
      if (fd !== undefined) closeSync(fd);
      throwUnlessGone(error);
      return undefined;
    }
  }

  release({ fd, index }: OpenSegment): void {
    closeSync(fd);
    index.close();
  }
}

/** The log as it is at the first look, each file of it opened once: for what reads it several times in a row. */
export class HeldFiles implements LogFiles {
  readonly #fresh: FreshFiles;
  readonly #opened = new Map<number, OpenSegment>();
  #extent: Extent | undefined;

  constructor(folder: string) {
    this.#fresh = new FreshFiles(folder);
  }

  extent(): Extent {
    this.#extent ??= this.#fresh.extent();
    return this.#extent;
  }

  open(start: number): OpenSegment | undefined {
    const known = this.#opened.get(start);
    if (known !== undefined) return known;
    const opened = this.#fresh.open(start);
    if (opened !== undefined) this.#opened.set(start, opened);
    return opened;
  }

  release(): void {
    // It stays open until all is closed.
  }

  close(): void {
    for (const segment of this.#opened.values()) this.#fresh.release(segment);
    this.#opened.clear();
  }
}
