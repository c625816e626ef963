import { dependencyState, firstFailure } from '../protocol/dependencies.ts';
import type { JobRecord } from '../protocol/job-record.ts';
import type { StartResult } from '../protocol/messages.ts';
import type { Job } from './job.ts';
import type { Inheritance } from './job-context.ts';

/** A job that waits for other jobs. */
interface QueuedJob {
  readonly job: Job;
  readonly inheritance: Inheritance;
  /** Returns how many jobs may run when it starts. */
  readonly limit: () => number;
}

interface QueueSource {
  readonly find: (id: string) => Job | undefined;
  /** Returns how many jobs run. */
  readonly countRunning: () => number;
  /** A job of the queue is being started. */
  readonly onStarting: (job: Job) => void;
}

/**
 * The jobs that wait for others, oldest first. A job waits until those that it names in `after` are ready, and until few
 * enough jobs run. Jobs that wait for the same start in the order in which they were requested.
 */
export class JobQueue {
  readonly #source: QueueSource;
  #waiting: QueuedJob[] = [];
  /** The jobs that are ending because another one takes their place. */
  readonly #replaced = new Set<string>();
  /** Those of them that ran. Each keeps its slot for the job that takes its place. */
  readonly #slots = new Set<string>();
  #isBusy = false;
  /** Something changed meanwhile. */
  #isOutdated = false;
  #isClosed = false;

  constructor(source: QueueSource) {
    this.#source = source;
  }

  add(queued: QueuedJob): void {
    this.#waiting.push(queued);
  }

  /** Returns true if a job that may start now must wait for jobs that it names. Unknown jobs were met in an earlier session. */
  mustWaitForOthers({ after = [] }: Pick<JobRecord, 'after'>): boolean {
    return after.some((id) => this.#stateOf(id) !== 'met');
  }

  /** Starts the jobs that may start, and fails those that never will. Call it after each change of a job or a limit. */
  update(): void {
    this.#isOutdated = true;
    // Whatever it changes calls it again.
    if (this.#isBusy || this.#isClosed) return;
    this.#isBusy = true;
    try {
      while (this.#isOutdated) {
        this.#isOutdated = false;
        this.#advance();
      }
    } finally {
      this.#isBusy = false;
    }
  }

  /** Cancels jobs without starting or failing others meanwhile. @param cancel does it */
  hold(cancel: () => void): void {
    this.#isBusy = true;
    try {
      cancel();
    } finally {
      this.#isBusy = false;
    }
  }

  /**
   * Replaces a job by another one. The jobs that wait for it neither start nor fail meanwhile, and then wait for the other
   * one. If it runs, no other job gets its slot until `startOther` takes the slot or resolves.
   */
  async replace(id: string, startOther: () => Promise<StartResult>): Promise<StartResult> {
    this.#replaced.add(id);
    if (this.#source.find(id)?.isRunning === true) this.#slots.add(id);
    try {
      const result = await startOther();
      if (!('refused' in result)) this.#repoint(id, result.job.id);
      return result;
    } finally {
      this.#replaced.delete(id);
      this.#slots.delete(id);
      this.update();
    }
  }

  /** Returns how many slots are kept for jobs that take the place of one that has ended. */
  get keptSlots(): number {
    return [...this.#slots].filter((id) => this.#source.find(id)?.isRunning !== true).length;
  }

  /** Takes the slot of a replaced job. Returns false if none is kept. Call it right before the other job starts. */
  takeSlot(id: string): boolean {
    return this.#slots.delete(id);
  }

  /** Returns the jobs whose end matters to others: a job that is unknown counts as met. */
  get awaited(): ReadonlySet<string> {
    return new Set([...this.#replaced, ...this.#waiting.flatMap(({ job }) => job.record.after ?? [])]);
  }

  /** Starts no more jobs. */
  close(): void {
    this.#isClosed = true;
  }

  #advance(): void {
    let running = this.#source.countRunning() + this.keptSlots;
    const due: QueuedJob[] = [];
    this.#waiting = this.#waiting.filter((queued) => {
      const { job, limit } = queued;
      if (!job.isQueued) return false;
      const failed = this.#failedDependency(job);
      if (failed !== undefined) {
        job.failBecauseOf(
          failed,
          firstFailure(failed, (id) => this.#source.find(id)?.record),
        );
        return false;
      }
      if (running >= limit() || this.mustWaitForOthers(job.record)) return true;
      running++;
      due.push(queued);
      return false;
    });
    for (const { job, inheritance } of due) {
      void job.start(inheritance);
      this.#source.onStarting(job);
    }
  }

  #failedDependency(job: Job): JobRecord | undefined {
    const id = job.record.after?.find((each) => this.#stateOf(each) === 'failed');
    return id === undefined ? undefined : this.#source.find(id)?.record;
  }

  #repoint(id: string, successor: string): void {
    this.hold(() => {
      for (const { job } of this.#waiting) if (job.isQueued) job.replaceDependency(id, successor);
    });
  }

  #stateOf(id: string): ReturnType<typeof dependencyState> {
    if (this.#replaced.has(id)) return 'pending';
    const job = this.#source.find(id);
    return job === undefined ? 'met' : dependencyState(job.record);
  }
}
