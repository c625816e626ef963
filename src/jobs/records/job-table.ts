import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import type { Growth } from '../../protocol/messages.ts';

/** Shortest id prefix that identifies a job. */
const MIN_PREFIX_LENGTH = 4;
/** How many jobs an error message lists. */
const MAX_JOBS_IN_ERROR = 5;
/** Characters of an unknown reference that an error message shows. */
const MAX_REFERENCE_LENGTH = 100;

interface JobTableEvents {
  /** A job is new, or its record changed. */
  changed: [JobRecord];
  removed: [JobRecord];
  /** A log that is watched grew. */
  printed: [Growth];
  /** Something that the user should know about all jobs, in whole sentences. */
  warning: [string];
}

/** All known jobs, in the order in which they started. */
export class JobTable extends EventEmitter<JobTableEvents> {
  #jobs = new Map<string, JobRecord>();
  /** True if a job was added after one that started later. */
  #isUnsorted = false;
  /** Start time of the newest job. */
  #newest = 0;
  /** Caches the result of list() until a job changes. */
  #listed: readonly JobRecord[] | undefined;
  readonly #running = new Set<string>();
  readonly #queued = new Set<string>();
  readonly #withLeftovers = new Set<string>();
  readonly #removed = new Set<string>();

  /** Returns all jobs, newest first. */
  list(): readonly JobRecord[] {
    if (this.#isUnsorted) {
      this.#jobs = new Map([...this.#jobs].sort(([, a], [, b]) => a.startedAt - b.startedAt));
      this.#isUnsorted = false;
    }
    this.#listed ??= [...this.#jobs.values()].reverse();
    return this.#listed;
  }

  /** Returns the running jobs, newest first. */
  running(): JobRecord[] {
    return [...this.#running]
      .flatMap((id) => this.#jobs.get(id) ?? [])
      .reverse()
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  /** Returns the queued jobs, oldest first. */
  queued(): JobRecord[] {
    return [...this.#queued]
      .flatMap((id) => this.#jobs.get(id) ?? [])
      .sort((a, b) => a.startedAt - b.startedAt);
  }

  /** Returns the queued and running jobs, in no order. */
  active(): JobRecord[] {
    return [...this.#running, ...this.#queued].flatMap((id) => this.#jobs.get(id) ?? []);
  }

  /** Returns the finished jobs that left processes behind which may still run. */
  withLeftovers(): JobRecord[] {
    return [...this.#withLeftovers].flatMap((id) => this.#jobs.get(id) ?? []);
  }

  /** Returns the job with exactly this id. */
  find(id: string): JobRecord | undefined {
    return this.#jobs.get(id);
  }

  put(record: JobRecord): void {
    // A notification sent before its removal may arrive late.
    if (this.#removed.has(record.id)) return;
    const known = this.#jobs.get(record.id);
    // A job without processes never has any again. The journal keeps the number from the end of the job.
    const job = known?.leftBehind === 0 ? { ...record, leftBehind: 0 } : record;
    // A finished job never runs again. A notification sent before its end may arrive late.
    if (known !== undefined && stageOf(job) < stageOf(known)) return;
    if (known !== undefined && isSame(known, job)) return;
    if (known?.startedAt !== job.startedAt) {
      // A job that was queued starts later than those after it in the list.
      if (known !== undefined || job.startedAt < this.#newest) this.#isUnsorted = true;
      this.#newest = Math.max(this.#newest, job.startedAt);
    }
    this.#jobs.set(job.id, job);
    this.#listed = undefined;
    if (job.status === 'running') this.#running.add(job.id);
    else this.#running.delete(job.id);
    if (job.status === 'queued') this.#queued.add(job.id);
    else this.#queued.delete(job.id);
    if ((job.leftBehind ?? 0) > 0) this.#withLeftovers.add(job.id);
    else this.#withLeftovers.delete(job.id);
    this.emit('changed', job);
  }

  remove(id: string): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    this.#removed.add(id);
    this.#jobs.delete(id);
    this.#listed = undefined;
    this.#running.delete(id);
    this.#queued.delete(id);
    this.#withLeftovers.delete(id);
    this.emit('removed', job);
  }

  /**
   * Returns the job that a caller refers to: by exact id, by the name of a queued or running job, by the name of the newest
   * finished job, or by a unique id prefix.
   *
   * @throws JobError if no job matches, or the prefix matches several
   */
  get(reference: string): JobRecord {
    const exact = this.#jobs.get(reference);
    if (exact !== undefined) return exact;
    const named = this.list().filter(({ name }) => name === reference);
    const byName = named.find((job) => !isFinished(job)) ?? named[0];
    if (byName !== undefined) return byName;
    const byPrefix = this.list().filter((job) => isPrefix(reference, job));
    if (byPrefix.length > 1) {
      throw new JobError(
        `${quote(reference, MAX_REFERENCE_LENGTH)} matches ${byPrefix.length} jobs: ${describe(byPrefix)}. Give more characters of the id.`,
      );
    }
    const [only] = byPrefix;
    if (only === undefined) throw this.#unknown(reference);
    return only;
  }

  /** Returns true if there is a job of this id or name, or one whose id begins like this. */
  has(reference: string): boolean {
    return (
      this.#jobs.has(reference) ||
      this.list().some((job) => job.name === reference || isPrefix(reference, job))
    );
  }

  /**
   * Returns false if news about the job that is meant may be on their way: there is no such job, or only a finished one of
   * this name, which may have been started again, or it is queued and may run by now.
   */
  isCertain(reference: string): boolean {
    const job = this.#jobs.get(reference) ?? this.active().find(({ name }) => name === reference);
    return job !== undefined && job.status !== 'queued';
  }

  #unknown(reference: string): JobError {
    const jobs = this.list();
    if (jobs.length === 0)
      return new JobError(
        `There is no job ${quote(reference, MAX_REFERENCE_LENGTH)}, and no other job. Start one first.`,
      );
    return new JobError(
      `There is no job ${quote(reference, MAX_REFERENCE_LENGTH)}. The newest jobs: ${describe(jobs)}. ` +
        'Give an id, a name, or the first 4 or more characters of an id.',
    );
  }
}

function isPrefix(reference: string, { id }: JobRecord): boolean {
  return reference.length >= MIN_PREFIX_LENGTH && id.startsWith(reference.toLowerCase());
}

/** A job is queued, then runs, then is finished. */
function stageOf({ status }: JobRecord): number {
  return status === 'queued' ? 0 : status === 'running' ? 1 : 2;
}

/** Returns true if both records say the same. Of their object values, only the two that are compared here can change. */
function isSame(known: JobRecord, job: JobRecord): boolean {
  const names = Object.keys({ ...known, ...job }) as (keyof JobRecord)[];
  return (
    names.every((name) => known[name] === job[name] || typeof job[name] === 'object') &&
    isDeepStrictEqual(known.terminalSize, job.terminalSize) &&
    isDeepStrictEqual(known.after, job.after)
  );
}

function describe(jobs: readonly JobRecord[]): string {
  const named = jobs.slice(0, MAX_JOBS_IN_ERROR).map(({ id, name, status }) => {
    return name === undefined ? `${id} (${status})` : `${id} (${quote(name)}, ${status})`;
  });
  const rest = jobs.length - named.length;
  return named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
