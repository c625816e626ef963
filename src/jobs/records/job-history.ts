import { removeFolder } from '../../base/remove-folder.ts';
import { type LogRange, LogReader } from '../../log/read/log-reader.ts';
import { keptBytes, removeSegments } from '../../log/store/log-segments.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import { Journal } from '../../protocol/journal.ts';
import { logFolder } from '../../protocol/log-folder.ts';
import type { JobTable } from './job-table.ts';
import type { Limits } from './limits.ts';
import { markLost } from './lost-jobs.ts';
import { choosePruning, JUST_ENDED_MS } from './retention.ts';

/** Is notified of what this process changes. */
interface HistoryListener {
  readonly onRemoved: (id: string) => void;
  readonly onRenamed: (job: JobRecord) => void;
}

/** The finished jobs. Loads them from the journal, and keeps their number, age and size within the limits. */
export class JobHistory {
  readonly #storage: string;
  readonly #table: JobTable;
  readonly #limits: () => Limits;
  readonly #journal: Journal;
  readonly #listener: HistoryListener;
  readonly #logDropped = new Set<string>();
  /** When recent jobs ended, by the monotonic clock in ms, oldest first. */
  readonly #ends = new Map<string, number>();

  constructor(storage: string, table: JobTable, limits: () => Limits, listener: HistoryListener) {
    this.#storage = storage;
    this.#table = table;
    this.#limits = limits;
    this.#journal = new Journal(storage);
    this.#listener = listener;
  }

  /**
   * Puts all jobs of the journal into the table. Running jobs without a living runner are lost, and queued ones have failed.
   *
   * @param living returns the ids of the living runners
   * @param isConnected returns true if a runner reports the changes of its jobs to the table
   */
  async load(
    living: () => Promise<ReadonlySet<string>>,
    isConnected: (runner: string) => boolean,
  ): Promise<void> {
    if (this.#journal.isUnchanged() && this.#table.active().length === 0) {
      await living();
      // By now the journal holds everything that a runner wrote before it accepted the connection.
      if (this.#journal.isUnchanged()) return;
    }
    // A runner is alive before it records its first job and until it has recorded the end of its last one. So a job that is
    // not finished in the journal both before and after the search for runners has one of them, or is lost.
    const before = this.#journal.read();
    const alive = await living();
    const { jobs, logDropped, removed } = this.#journal.isUnchanged() ? before : this.#journal.read();
    const isLost = (job: JobRecord): boolean =>
      !isFinished(job) && !alive.has(job.runner) && before.jobs.has(job.id);
    for (const id of logDropped) this.#logDropped.add(id);
    for (const id of removed) this.#table.remove(id);
    const current = [...jobs.values()].map(async (job) => {
      return isLost(job) ? markLost(job, this.#journal, this.#storage) : job;
    });
    for (const job of await Promise.all(current)) {
      // The runner may have failed to store a change, or may have reported one since the journal was read.
      const isOutdated =
        !isFinished(job) && isConnected(job.runner) && this.#table.find(job.id) !== undefined;
      if (!isOutdated) this.#table.put(job);
    }
    this.prune();
  }

  /** Removes a job and its log. @throws the file system's error */
  remove({ id }: JobRecord): void {
    removeFolder(logFolder(this.#storage, id));
    this.#journal.recordRemoved(id);
    this.#table.remove(id);
    this.#listener.onRemoved(id);
  }

  /** Renames a finished job that no runner knows, or removes its name. @throws the file system's error */
  rename(job: JobRecord, name: string | undefined): JobRecord {
    const { name: _, ...rest } = job;
    const renamed = name === undefined ? rest : { ...rest, name };
    this.#journal.recordJob(renamed);
    this.#table.put(renamed);
    this.#listener.onRenamed(renamed);
    return renamed;
  }

  /** Returns true if the log of a job was deleted to save space, by this process or another one. */
  hasDroppedLog(id: string): boolean {
    if (this.#logDropped.has(id)) return true;
    try {
      // Another manager may have deleted it since the last look. The stamp of our own journal must not change.
      for (const each of new Journal(this.#storage).read().logDropped) this.#logDropped.add(each);
    } catch {
      // The journal cannot be read. Then it is not known.
    }
    return this.#logDropped.has(id);
  }

  /** Call it when a job has just ended. */
  noteEnd({ id }: JobRecord): void {
    this.#ends.set(id, performance.now());
    this.prune();
  }

  /** Removes what exceeds the limits. If the storage cannot be written, everything stays. */
  prune(): void {
    const sizeOf = (job: JobRecord): number => this.#sizeOf(job);
    for (const [id, time] of this.#ends) if (performance.now() - time >= JUST_ENDED_MS) this.#ends.delete(id);
    const justEnded = new Set(this.#ends.keys());
    try {
      const jobs = this.#table.list();
      const { remove, dropLog } = choosePruning(jobs, sizeOf, this.#limits(), Date.now(), justEnded);
      for (const job of remove) this.remove(job);
      for (const job of dropLog) this.#dropLog(job);
    } catch {
      // The storage cannot be written. The end of the next job tries again.
    }
  }

  #sizeOf(job: JobRecord): number {
    if (this.#logDropped.has(job.id)) return 0;
    if (isFinished(job)) return keptBytes(job.outputEnd ?? 0, job.maxOutputSize);
    const { start, end } = this.#rangeOf(job);
    return end - start;
  }

  /** Deletes the log of a finished job. The record keeps its end, so that cursors stay valid. */
  #dropLog(job: JobRecord): void {
    const { id, outputEnd = 0 } = job;
    const { end } = this.#rangeOf(job);
    // Processes that the job left behind have printed since it ended.
    if (end > outputEnd) {
      this.#journal.recordJob({ ...job, outputEnd: end });
      this.#table.put({ ...job, outputEnd: end });
    }
    removeSegments(logFolder(this.#storage, id));
    this.#journal.recordLogDropped(id);
    this.#logDropped.add(id);
  }

  #rangeOf({ id }: JobRecord): LogRange {
    return new LogReader(logFolder(this.#storage, id)).range();
  }
}
