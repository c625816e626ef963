import {
  appendFileSync,
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { whenFree } from '../base/busy-files.ts';
import { withDescriptor } from '../base/descriptor-reserve.ts';
import { onFile } from '../base/file-error.ts';
import { throwUnlessGone } from '../base/throw-unless-gone.ts';
import { type JobRecord, RECORD_VERSION, STATUSES } from './job-record.ts';

/**
 * A line of the journal, which lists all jobs as JSON lines. Each line is appended with one write(2): by the runner when
 * a job starts and ends (`job`), and by managers (`removed`, `logDropped`, and `job` for a lost job). The last `job` line
 * of an id applies. `removed` applies wherever it is, since ids are never used again. Lines that were cut short or that
 * have an unknown version are ignored.
 */
type Entry = { readonly v: number } & (
  { readonly job: JobRecord } | { readonly removed: string } | { readonly logDropped: string }
);

export interface JournalContent {
  /** In the order in which they started. */
  readonly jobs: ReadonlyMap<string, JobRecord>;
  /** Ids of jobs that have a record but no log any more. */
  readonly logDropped: ReadonlySet<string>;
  /** Ids of removed jobs that are still in the file. */
  readonly removed: ReadonlySet<string>;
}

const CURRENT = 'journal.jsonl';
/** The journal during a compaction. It is read as well, in case the compaction was interrupted. */
const OLDER = 'journal.older.jsonl';
const COMPACT = 'journal.base.jsonl';
const FILES = [COMPACT, OLDER, CURRENT];

/** A file system without stable inode numbers never confirms an append. Repeated lines do no harm. */
const MAX_APPEND_ATTEMPTS = 10;

export class Journal {
  readonly #folder: string;
  readonly #staysOpen: boolean;
  #open: OpenFile | undefined;
  #stamp = '';

  /**
   * @param folder the storage folder. It is never created here: deleting it also means its jobs.
   * @param options staysOpen: whether the file stays open between two records, until `close()`
   */
  constructor(folder: string, { staysOpen = false } = {}) {
    this.#folder = folder;
    // On Windows, an open file cannot be removed.
    this.#staysOpen = staysOpen && process.platform !== 'win32';
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

  /** Returns true if the journal has not changed since the last read(). @throws the file system's error */
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
   * Rewrites the journal without outdated lines. Only the runner of the storage folder may do that, when it exits. It
   * can be interrupted at any point, since reading a line twice does no harm.
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
      onFile(compact, () => writeFileSync(`${compact}.new`, text, { mode: 0o600 }));
      whenFree(() => renameSync(`${compact}.new`, compact));
    } catch (error) {
      // On a full disk it would take up space.
      whenFree(() => rmSync(`${compact}.new`, { force: true }));
      throw error;
    }
    whenFree(() => rmSync(older, { force: true }));
  }

  /** Closes the file. The next record opens it again. */
  close(): void {
    if (this.#open !== undefined) closeSync(this.#open.fd);
    this.#open = undefined;
  }

  #makeStamp(): string {
    const stats = FILES.map((file) => statSync(join(this.#folder, file), { throwIfNoEntry: false }));
    // A file in place of the folder is not the same as no jobs.
    if (stats.every((each) => each === undefined)) checkFolder(this.#folder);
    return JSON.stringify(stats.map((each) => [each?.ino, each?.size]));
  }

  #append(entry: Entry): void {
    // Begins with a line end, so that a line that was cut short (full disk, power loss) does not damage this one.
    const line = `\n${JSON.stringify(entry)}\n`;
    const path = join(this.#folder, CURRENT);
    // `compact` may have renamed, read and removed the file in the meantime. Then the line is lost, so append it again.
    for (let attempt = 0; attempt < MAX_APPEND_ATTEMPTS; attempt++) {
      if (whenFree(() => withDescriptor(() => this.#appendTo(path, line)))) return;
    }
  }

  /** @returns false if the file has lost its name in the meantime */
  #appendTo(path: string, line: string): boolean {
    const file = (this.#open ??= openFile(path));
    let isNamed = false;
    try {
      appendFileSync(file.fd, line);
      isNamed = file.inode === statSync(path, { throwIfNoEntry: false })?.ino;
      return isNamed;
    } finally {
      if (!isNamed || !this.#staysOpen) this.close();
    }
  }
}

interface OpenFile {
  readonly fd: number;
  readonly inode: number;
}

function openFile(path: string): OpenFile {
  const fd = openSync(path, 'a', 0o600);
  return { fd, inode: fstatSync(fd).ino };
}

/** @throws the file system's error, since a file that cannot be read is not empty */
function readEntries(path: string): Entry[] {
  let text: string;
  try {
    text = onFile(path, () => whenFree(() => withDescriptor(() => readFileSync(path, 'utf8'))));
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
      // The line was cut short.
      return [];
    }
  });
}

/** Returns true if a record has all that a list needs. Its id becomes the name of a folder. */
function isJob(job: Partial<JobRecord> | null): job is JobRecord {
  return (
    typeof job?.id === 'string' &&
    /^[\w-]+$/.test(job.id) &&
    typeof job.command === 'string' &&
    typeof job.startedAt === 'number' &&
    STATUSES.some((status) => status === job.status)
  );
}

/** @throws the file system's error if the folder exists and cannot be read */
function checkFolder(path: string): void {
  try {
    readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function renameIfPresent(from: string, to: string): void {
  try {
    whenFree(() => renameSync(from, to));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
