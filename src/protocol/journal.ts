import {
  appendFileSync,
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { throwUnlessGone } from '../base/throw-unless-gone.ts';
import { withDescriptor } from '../base/descriptor-reserve.ts';
import { RECORD_VERSION, STATUSES, type JobRecord } from './job-record.ts';

/**
 * The journal is the one place that says which jobs there are: a file of JSON lines, appended to with one
 * write(2) a line by the runner (`job`, when it begins and when it ends) and by managers (`removed`,
 * `logDropped`, and `job` for one that is lost). The last `job` line of an id counts; `removed` counts wherever
 * it stands, as ids are never used again. A line that was cut short or that has an unknown version is passed over.
 */
type Entry = { readonly v: number } & (
  { readonly job: JobRecord } | { readonly removed: string } | { readonly logDropped: string }
);

export interface JournalContent {
  /** In the order in which they began. */
  readonly jobs: ReadonlyMap<string, JobRecord>;
  /** Ids of jobs whose log is gone while their record stays. */
  readonly logDropped: ReadonlySet<string>;
  /** Ids of jobs that were removed, as far as that is still written there. */
  readonly removed: ReadonlySet<string>;
}

const CURRENT = 'journal.jsonl';
/** What is being rewritten without what is out of date; read as well, should that have been interrupted. */
const OLDER = 'journal.older.jsonl';
const COMPACT = 'journal.base.jsonl';
const FILES = [COMPACT, OLDER, CURRENT];

/** A file system without stable inode numbers never confirms an append. Repeated lines do no harm. */
const MAX_APPEND_ATTEMPTS = 10;

export class Journal {
  readonly #folder: string;
  #stamp = '';

  /** @param folder the storage folder. It is not made here: whoever deletes it means what is in it as well. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws the file system's error */
  recordJob(job: JobRecord): void {
    this.#append({ v: RECORD_VERSION, job });
  }

  /** @throws the file system's error */
  recordRemoved(id: string): void {
    this.#append({ v: RECORD_VERSION, removed: id });
  }

  /** @throws the file system's error */
  recordLogDropped(id: string): void {
    this.#append({ v: RECORD_VERSION, logDropped: id });
  }

  /** Whether it is as it was when it was read last. */
  isUnchanged(): boolean {
    return this.#stamp === this.#makeStamp();
  }

  /** @throws the file system's error */
  read(): JournalContent {
    this.#stamp = this.#makeStamp();
    const jobs = new Map<string, JobRecord>();
    const removed = new Set<string>();
    const logDropped = new Set<string>();
    for (const file of FILES) {
      for (const entry of readEntries(join(this.#folder, file))) {
        if ('job' in entry) jobs.set(entry.job.id, entry.job);
        else if ('removed' in entry) removed.add(entry.removed);
        else logDropped.add(entry.logDropped);
      }
    }
    for (const id of removed) {
      jobs.delete(id);
      logDropped.delete(id);
    }
    return { jobs, logDropped, removed };
  }

  /**
   * Rewrites it without what is out of date. For the one runner of the storage folder, when it ends. Reading
   * entries twice does no harm, so it may be interrupted anywhere.
   *
   * @throws the file system's error
   */
  compact(): void {
    const current = join(this.#folder, CURRENT);
    const older = join(this.#folder, OLDER);
    const compact = join(this.#folder, COMPACT);
    if (readEntries(older).length === 0) renameIfPresent(current, older);
    const { jobs, logDropped } = this.read();
    const entries: Entry[] = [
      ...[...jobs.values()].map((job) => ({ v: RECORD_VERSION, job })),
      ...[...logDropped].map((id) => ({ v: RECORD_VERSION, logDropped: id })),
    ];
    const text = entries.map((entry) => JSON.stringify(entry) + '\n').join('');
    try {
      writeFileSync(`${compact}.new`, text, { mode: 0o600 });
      renameSync(`${compact}.new`, compact);
    } catch (error) {
      // On a full disk it would only take more room.
      rmSync(`${compact}.new`, { force: true });
      throw error;
    }
    rmSync(older, { force: true });
  }

  #makeStamp(): string {
    const stats = FILES.map((file) => statSync(join(this.#folder, file), { throwIfNoEntry: false }));
    return JSON.stringify(stats.map((each) => [each?.ino, each?.size]));
  }

  #append(entry: Entry): void {
    // The line end in front: a line that was cut short (full disk, lost power) must not spoil the next.
    const line = `\n${JSON.stringify(entry)}\n`;
    const path = join(this.#folder, CURRENT);
    // It may have been renamed, read and removed by `compact` in the middle of this: then it is not there.
    for (let attempt = 0; attempt < MAX_APPEND_ATTEMPTS; attempt++) {
      if (withDescriptor(() => appendTo(path, line))) return;
    }
  }
}

/** @returns whether the file still has its name */
function appendTo(path: string, line: string): boolean {
  const fd = openSync(path, 'a', 0o600);
  try {
    appendFileSync(fd, line);
    return fstatSync(fd).ino === statSync(path, { throwIfNoEntry: false })?.ino;
  } finally {
    closeSync(fd);
  }
}

/** @throws the file system's error: what cannot be read must not be taken for empty */
function readEntries(path: string): Entry[] {
  let text: string;
  try {
    text = withDescriptor(() => readFileSync(path, 'utf8'));
  } catch (error) {
    throwUnlessGone(error);
    return [];
  }
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const entry = JSON.parse(line) as Entry;
      return entry.v === RECORD_VERSION && (!('job' in entry) || isJob(entry.job)) ? [entry] : [];
    } catch {
      return [];
    }
  });
}

/** Whether nothing is missing without which a job cannot be listed. Its id becomes the name of a folder. */
function isJob(job: Partial<JobRecord> | null): job is JobRecord {
  return (
    typeof job?.id === 'string' &&
    /^[\w-]+$/.test(job.id) &&
    typeof job.command === 'string' &&
    typeof job.startedAt === 'number' &&
    STATUSES.some((status) => status === job.status)
  );
}

function renameIfPresent(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
