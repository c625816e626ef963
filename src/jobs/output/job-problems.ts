import { EventEmitter } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkerError } from '../../base/worker-pool.ts';
import type { ProblemReport } from '../../problems/problem-report.ts';
import { ScanPool } from '../../problems/scan-pool.ts';
import { isFinished, type JobRecord, RECORD_VERSION } from '../../protocol/job-record.ts';
import { logFolder } from '../../protocol/log-folder.ts';
import type { KnownJobs } from '../records/known-jobs.ts';
import { ProblemTracker } from './problem-tracker.ts';

interface JobProblemsOptions {
  readonly storage: string;
  /** Path of the bundled `scan-worker.ts`. */
  readonly problemsScript: string;
  readonly jobs: KnownJobs;
}

interface JobProblemsEvents {
  /** The problems of a job changed. */
  changed: [id: string];
}

/** The problems of finished jobs, next to the log. A log need not be read again then. */
const FILE = 'problems.json';

/** The problems of all jobs with problem matchers. Follows the output of those that run. */
export class JobProblems extends EventEmitter<JobProblemsEvents> {
  readonly #options: JobProblemsOptions;
  readonly #pool: ScanPool;
  readonly #trackers = new Map<string, ProblemTracker>();
  /** What is stored of finished jobs. Undefined if nothing is. */
  readonly #stored = new Map<string, ProblemReport | undefined>();

  constructor(options: JobProblemsOptions) {
    super();
    const { jobs, problemsScript } = options;
    this.#options = options;
    this.#pool = new ScanPool(problemsScript);
    jobs.on('changed', (job) => {
      if (hasMatchers(job) && job.status === 'running' && !this.#trackers.has(job.id)) this.#follow(job);
    });
    jobs.on('removed', ({ id }) => {
      this.#trackers.get(id)?.stop();
      this.#trackers.delete(id);
      this.#stored.delete(id);
    });
  }

  /** Returns what is known now, without reading the log. Undefined if the job has no matchers, or nothing is known. */
  known(id: string): ProblemReport | undefined {
    const tracker = this.#trackers.get(id);
    if (tracker !== undefined) return tracker.report;
    const job = this.#options.jobs.find(id);
    return job !== undefined && hasMatchers(job) ? this.#storedOf(job) : undefined;
  }

  /**
   * Returns the problems in everything that a job has written so far. Undefined if it has no matchers. If the log cannot be
   * searched now, the report says so, and the next call tries again.
   */
  async current(id: string): Promise<ProblemReport | undefined> {
    const job = this.#options.jobs.find(id);
    if (job === undefined || !hasMatchers(job)) return undefined;
    const stored = this.#trackers.has(id) ? undefined : this.#storedOf(job);
    if (stored !== undefined) return stored;
    const tracker = this.#trackers.get(id) ?? this.#track(job);
    await tracker.catchUp().catch((error: unknown) => {
      if (!(error instanceof WorkerError)) throw error;
    });
    return tracker.report;
  }

  async dispose(): Promise<void> {
    for (const tracker of this.#trackers.values()) tracker.stop();
    await this.#pool.dispose();
  }

  #follow(job: JobRecord): void {
    this.#track(job)
      .follow()
      .catch(() => {
        // The job was removed, its log cannot be read, or the manager was disposed of. A caller of current() gets the error.
      });
  }

  #track(job: JobRecord): ProblemTracker {
    const { id } = job;
    const { storage, jobs } = this.#options;
    const tracker = new ProblemTracker(job, {
      jobs,
      pool: this.#pool,
      folder: logFolder(storage, id),
      onChanged: () => {
        if (tracker.isComplete && isFinished(jobs.find(id) ?? job)) this.#store(id, tracker.report);
        // For waits, which look again.
        jobs.wake(id);
        this.emit('changed', id);
      },
    });
    this.#trackers.set(id, tracker);
    return tracker;
  }

  #store(id: string, report: ProblemReport): void {
    try {
      writeFileSync(this.#path(id), JSON.stringify({ version: RECORD_VERSION, report }), { mode: 0o600 });
    } catch {
      // The log is gone, or the disk is full. The log is read again then.
    }
  }

  #storedOf(job: JobRecord): ProblemReport | undefined {
    if (!isFinished(job)) return undefined;
    if (!this.#stored.has(job.id)) this.#stored.set(job.id, this.#read(job.id));
    return this.#stored.get(job.id);
  }

  #read(id: string): ProblemReport | undefined {
    try {
      const { version, report } = JSON.parse(readFileSync(this.#path(id), 'utf8')) as {
        version: unknown;
        report: ProblemReport;
      };
      return version === RECORD_VERSION ? report : undefined;
    } catch {
      // Not stored, or half written.
      return undefined;
    }
  }

  #path(id: string): string {
    return join(logFolder(this.#options.storage, id), FILE);
  }
}

function hasMatchers({ matchers = [] }: JobRecord): boolean {
  return matchers.length > 0;
}
