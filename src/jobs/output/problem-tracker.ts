import { setTimeout as delay } from 'node:timers/promises';
import { PatternError, WorkerError } from '../../base/worker-pool.ts';
import { LogReader } from '../../log/read/log-reader.ts';
import { MAX_PROBLEMS, ProblemCollector, type ProblemReport } from '../../problems/problem-report.ts';
import type { ScanResult, ScanState } from '../../problems/problem-scan.ts';
import type { ScanPool } from '../../problems/scan-pool.ts';
import { isFinished, type JobRecord, terminalSizeOf } from '../../protocol/job-record.ts';
import { JobActivity } from '../records/job-activity.ts';
import type { KnownJobs } from '../records/known-jobs.ts';

/** Shortest time between two looks at a log that grows. */
const PAUSE_MS = 100;

interface TrackerOptions {
  readonly jobs: KnownJobs;
  readonly pool: ScanPool;
  /** The log folder. */
  readonly folder: string;
  /** Called after each scan that found something. */
  readonly onChanged: () => void;
}

/** Finds the problems of one job, each line once. */
export class ProblemTracker {
  readonly #job: JobRecord;
  readonly #options: TrackerOptions;
  readonly #collector: ProblemCollector;
  readonly #stopped = new AbortController();
  #state: ScanState | undefined;
  #report: ProblemReport;
  /** The scan in progress. */
  #scan: Promise<void> | undefined;
  #isComplete = false;

  constructor(job: JobRecord, options: TrackerOptions) {
    this.#job = job;
    this.#options = options;
    this.#collector = new ProblemCollector(job.matchers ?? []);
    this.#report = this.#collector.report;
  }

  get report(): ProblemReport {
    return this.#report;
  }

  /** The job has ended and its whole log was seen, or its matchers cannot be used, which the report says then. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Follows the log until the job ends. @throws the error of a look at the end of the job, or of one that was stopped */
  async follow(): Promise<void> {
    const { signal } = this.#stopped;
    const activity = new JobActivity(this.#options.jobs, this.#job.id);
    try {
      for (;;) {
        const { version } = activity;
        await this.catchUp().catch((error: unknown) => {
          if (!(error instanceof WorkerError) || this.#hasEnded || signal.aborted) throw error;
          // Such as too many open files. The next output is a reason to try again.
        });
        if (this.isComplete || signal.aborted) return;
        await activity.since(version, signal);
        await delay(PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    } finally {
      activity.dispose();
    }
  }

  /**
   * Resolves when everything that the job has written so far was seen.
   *
   * @throws WorkerError if the log cannot be searched now, which the report says until it was
   */
  async catchUp(): Promise<void> {
    // A scan in progress may have read the end of the log earlier.
    await this.#scan;
    this.#scan ??= this.#scanToEnd().finally(() => (this.#scan = undefined));
    await this.#scan;
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #scanToEnd(): Promise<void> {
    let more = !this.#isComplete;
    while (more) {
      // Read the status before the log: if the job has ended, its last bytes are there.
      if (this.#options.jobs.find(this.#job.id) === undefined) return;
      const ended = this.#hasEnded;
      try {
        const result = await this.#scanOnce(ended);
        more = result.more;
        this.#take(result, ended && !more);
      } catch (error) {
        if (!(error instanceof WorkerError) || this.#stopped.signal.aborted) throw error;
        this.#isComplete = error instanceof PatternError;
        this.#report = { ...this.#collector.report, error: error.message };
        this.#options.onChanged();
        if (!this.#isComplete) throw error;
        more = false;
      }
    }
  }

  get #hasEnded(): boolean {
    const job = this.#options.jobs.find(this.#job.id);
    return job === undefined || isFinished(job);
  }

  async #scanOnce(ended: boolean): Promise<ScanResult> {
    const { pool, folder } = this.#options;
    const { matchers = [], cwd, encoding } = this.#job;
    const isUnchanged = !ended && this.#state?.read === new LogReader(folder).range().end;
    if (isUnchanged) return { state: this.#state!, events: [], more: false };
    const rows = terminalSizeOf(this.#job)?.rows;
    const request = { folder, encoding, rows, matchers, cwd, state: this.#state, ended };
    return pool.run(
      { ...request, room: this.#collector.room, maxProblems: MAX_PROBLEMS },
      this.#stopped.signal,
    );
  }

  #take({ state, events }: ScanResult, isComplete: boolean): void {
    this.#state = state;
    this.#collector.apply(events);
    if (events.length > 0 || this.#report.error !== undefined) this.#report = this.#collector.report;
    this.#isComplete = isComplete;
    if (events.length > 0 || isComplete) this.#options.onChanged();
  }
}
