import { closeSync, openSync, statSync } from 'node:fs';
import { whenFree } from '../../base/busy-files.ts';
import { throwUnlessGone } from '../../base/throw-unless-gone.ts';
import { indexPath, listSegments, segmentPath } from '../store/log-segments.ts';
import { IndexReader } from '../store/transition-index.ts';

/** The segments of a log, and the end of the last one. */
export interface Extent {
  /** Cursors (bytes since the job began) of the first bytes of the segments, ascending. */
  readonly segments: readonly number[];
  readonly end: number;
}

/** A segment and its index, open for reading. */
export interface OpenSegment {
  readonly fd: number;
  readonly index: IndexReader;
}

/** Finds and opens the files of a log. */
export interface LogFiles {
  /** @throws the file system's error */
  extent(): Extent;
  /** Returns undefined if the segment is gone. @throws the file system's error if it cannot be opened */
  open(start: number): OpenSegment | undefined;
  /** Releases a segment that `open` returned. */
  release(segment: OpenSegment): void;
}

/** Looks at the folder on each call and leaves nothing open, for a log that grows while it is read occasionally. */
export class FreshFiles implements LogFiles {
  readonly #folder: string;
  readonly #knownEnd: number;

  /** @param knownEnd where the log of a finished job ends, in case its files were deleted */
  constructor(folder: string, knownEnd = 0) {
    this.#folder = folder;
    this.#knownEnd = knownEnd;
  }

  extent(): Extent {
    const segments = listSegments(this.#folder);
    const last = segments.at(-1);
    if (last === undefined) return { segments, end: this.#knownEnd };
    const size = statSync(segmentPath(this.#folder, last), { throwIfNoEntry: false })?.size ?? 0;
    return { segments, end: last + size };
  }

  open(start: number): OpenSegment | undefined {
    let fd: number | undefined;
    try {
      fd = whenFree(() => openSync(segmentPath(this.#folder, start), 'r'));
      return { fd, index: whenFree(() => new IndexReader(indexPath(this.#folder, start))) };
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

/**
 * Remembers the segments of a log that is read again and again, so that a look at its end costs one system call. A new
 * segment follows only if the last one is full or was deleted.
 */
export class KnownFiles implements LogFiles {
  readonly #folder: string;
  readonly #fresh: FreshFiles;
  readonly #segmentSize: number;
  #segments: readonly number[] = [];
  /** The end of the log at the last look. It stays where it is if the files of a running job are deleted. */
  #end = 0;

  /**
   * @param segmentSize bytes after which a new segment begins
   * @param knownEnd see `FreshFiles`
   */
  constructor(folder: string, segmentSize: number, knownEnd?: number) {
    this.#folder = folder;
    this.#fresh = new FreshFiles(folder, knownEnd);
    this.#segmentSize = segmentSize;
  }

  extent(): Extent {
    const { segments, end } = this.#look();
    this.#end = Math.max(this.#end, end);
    return { segments, end: this.#end };
  }

  /** Notes that the log has at least so many bytes, whether they are kept or not. */
  learn(end: number): void {
    this.#end = Math.max(this.#end, end);
  }

  #look(): Extent {
    const last = this.#segments.at(-1);
    if (last !== undefined) {
      const size = statSync(segmentPath(this.#folder, last), { throwIfNoEntry: false })?.size;
      if (size !== undefined && size < this.#segmentSize)
        return { segments: this.#segments, end: last + size };
    }
    const extent = this.#fresh.extent();
    this.#segments = extent.segments;
    return extent;
  }

  open(start: number): OpenSegment | undefined {
    return this.#fresh.open(start);
  }

  release(segment: OpenSegment): void {
    this.#fresh.release(segment);
  }
}

/** The log as it is at the first call, with each file opened once, for several reads in a row. */
export class HeldFiles implements LogFiles {
  readonly #fresh: LogFiles;
  readonly #opened = new Map<number, OpenSegment>();
  #extent: Extent | undefined;

  constructor(fresh: LogFiles) {
    this.#fresh = fresh;
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
    // The segment stays open until close().
  }

  close(): void {
    for (const segment of this.#opened.values()) this.#fresh.release(segment);
    this.#opened.clear();
  }
}
