import { JobError } from '../../base/job-error.ts';
import { WorkerError } from '../../base/worker-pool.ts';
import type { LogRange, LogReader } from '../../log/read/log-reader.ts';
import { readTail, type Tail, type TailRequest } from '../../log/read/log-tail.ts';
import type { PageRequest } from '../../log/read/page.ts';
import { type RawPage, readRaw } from '../../log/read/raw-page.ts';
import { readText, type TextPage } from '../../log/read/text-page.ts';
import type { SearchRequest, SearchResult } from '../../log/search/log-search.ts';
import { SearchPool } from '../../log/search/search-pool.ts';
import type { Piece } from '../../log/store/log-piece.ts';
import type { Stream } from '../../log/store/log-segments.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import { logFolder } from '../../protocol/log-folder.ts';
import type { KnownJobs } from '../records/known-jobs.ts';
import { RecentLogs } from './recent-logs.ts';

/** Longest part of a last line that is looked at. */
const LAST_LINE_BYTES = 1000;

/** Enough of a page to see whether it shows anything. */
const LEAST_PAGE_BYTES = 64;

/** The unfinished last line of a job. */
export interface LastLine {
  readonly text: string;
  /** False if it ends with a line break, or there is none. */
  readonly isUnfinished: boolean;
}

interface JobLogsOptions {
  readonly storage: string;
  /** Path of the bundled search worker. */
  readonly searchScript: string;
  readonly jobs: Pick<KnownJobs, 'get' | 'on' | 'linkOf'>;
}

/** Reads what jobs wrote, from disk or from memory. Each method takes any reference to a job, and throws JobError if there is none. */
export class JobLogs {
  readonly #storage: string;
  readonly #jobs: Pick<KnownJobs, 'get' | 'linkOf'>;
  readonly #searches: SearchPool;
  readonly #recent = new RecentLogs();

  constructor({ storage, searchScript, jobs }: JobLogsOptions) {
    this.#storage = storage;
    this.#jobs = jobs;
    this.#searches = new SearchPool(searchScript);
    jobs
      .on('printed', (growth) => this.#recent.add(growth))
      .on('removed', ({ id }) => this.#recent.forget(id));
  }

  /** Returns the folder of the log. */
  folder(reference: string): string {
    return this.#reader(this.#jobs.get(reference)).folder;
  }

  /**
   * Finds out where the logs of running jobs end whose files something has deleted: then only the runner knows. Call it before
   * the logs are read, so that cursors mean the same for each client.
   *
   * @throws JobError if there is no such job
   */
  async findEnds(...references: readonly string[]): Promise<void> {
    const find = async (reference: string): Promise<void> => {
      const job = this.#jobs.get(reference);
      if (job.status !== 'running' || this.#reader(job).isKept()) return;
      // The end stays unknown if the runner exits, does not answer, or is of an earlier build.
      const end = await this.#jobs
        .linkOf(job)
        ?.logEnd(job.id)
        .catch(() => undefined);
      if (end !== undefined) this.#recent.learnEnd(job.id, end);
    };
    await Promise.all(references.map(find));
  }

  /** Returns which part of the log is kept. If it was deleted, the range is empty and at its end. */
  range(reference: string): LogRange {
    return this.#reader(this.#jobs.get(reference)).range();
  }

  /** Returns the cursor behind the last byte of one stream, or of both. 0 if nothing of the stream is kept. */
  endOf(reference: string, stream?: Stream): number {
    const all = this.#reader(this.#jobs.get(reference));
    if (stream === undefined) return all.range().end;
    return all.hold((reader) => reader.lastRun(stream, reader.range().end)?.end ?? 0);
  }

  /** Returns true if a job has printed within some time. False if that is not known, such as after the clock was set back. */
  hasPrintedWithin(reference: string, ms: number): boolean {
    // In whole ms, like the clock.
    const age = Date.now() - Math.floor(this.#reader(this.#jobs.get(reference)).writtenAt() ?? -Infinity);
    return age >= 0 && age < ms;
  }

  /**
   * Returns true if a page from a cursor ends behind it. An incomplete character or escape sequence at the end of the log of
   * a running job is not shown yet.
   *
   * @throws JobError, also for a cursor beyond the end
   */
  hasNext(reference: string, cursor: number, stream?: Stream): boolean {
    if (this.endOf(reference, stream) <= cursor) return false;
    return this.readRaw(reference, { cursor, stream, maxBytes: LEAST_PAGE_BYTES }).next > cursor;
  }

  /** Returns the bytes between two cursors, in the order in which the job wrote them. */
  pieces(reference: string, from: number, to: number): Generator<Piece> {
    return this.#reader(this.#jobs.get(reference)).pieces(from, to);
  }

  /** Returns what reads the log of a job. @throws JobError */
  reader(reference: string): LogReader {
    return this.#reader(this.#jobs.get(reference));
  }

  /** @throws JobError, also for a cursor beyond the end */
  readText(reference: string, request: Omit<PageRequest, 'ended'>): TextPage {
    return this.#readPage(reference, request, readText);
  }

  /** @throws JobError, also for a cursor beyond the end */
  readRaw(reference: string, request: Omit<PageRequest, 'ended'>): RawPage {
    return this.#readPage(reference, request, readRaw);
  }

  readTail(reference: string, request: Omit<TailRequest, 'ended'>): Tail {
    const job = this.#jobs.get(reference);
    return readTail(this.#reader(job), { ...request, ended: isFinished(job) });
  }

  /** Returns the last line of the log, or its end if it is long. */
  lastLine(reference: string): LastLine {
    const { text, partial } = this.readTail(reference, { lines: 1, maxBytes: LAST_LINE_BYTES });
    return { text, isUnfinished: partial };
  }

  /** @throws JobError, also for a pattern that cannot be used */
  async search(
    reference: string,
    request: Omit<SearchRequest, 'folder' | 'encoding' | 'rows' | 'knownEnd' | 'ended'>,
    signal?: AbortSignal,
  ): Promise<SearchResult> {
    // Read the status before the log: if the job has exited, its last bytes are there.
    const job = this.#jobs.get(reference);
    const reader = this.#reader(job);
    const { end } = reader.range();
    checkCursor(request.cursor, { end });
    try {
      const { encoding } = job;
      const { folder, rows } = reader;
      const log = { folder, rows, encoding, knownEnd: end, ended: isFinished(job) };
      return await this.#searches.run({ ...request, ...log }, signal);
    } catch (error) {
      if (error instanceof WorkerError) throw new JobError(error.message);
      throw error;
    }
  }

  dispose(): Promise<void> {
    return this.#searches.dispose();
  }

  #reader(job: JobRecord): LogReader {
    return this.#recent.reader(job, logFolder(this.#storage, job.id));
  }

  #readPage<P>(
    reference: string,
    request: Omit<PageRequest, 'ended'>,
    read: (reader: LogReader, request: PageRequest) => P,
  ): P {
    // Read the status before the log: if the job has exited, its last bytes are there.
    const job = this.#jobs.get(reference);
    return this.#reader(job).hold((reader) => {
      checkCursor(request.cursor, reader.range());
      return read(reader, { ...request, ended: isFinished(job) });
    });
  }
}

/** @throws JobError for a cursor beyond the end */
export function checkCursor(cursor: number, { end }: Pick<LogRange, 'end'>): void {
  if (cursor > end) {
    throw new JobError(
      `The cursor ${cursor} is beyond the end of the log (${end}). Continue from a next_cursor.`,
    );
  }
}
