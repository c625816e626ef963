import { EventEmitter } from 'node:events';
import type { JobRecord } from '../protocol/job-record.ts';
import { JobError } from '../base/job-error.ts';

/** Characters that an id prefix needs. */
const MIN_PREFIX = 4;
/** Jobs named in an error message. */
const NAMED_IN_ERROR = 5;

interface TableEvents {
  /** New, or its state is another one. */
  changed: [JobRecord];
  removed: [JobRecord];
}

/** All jobs that we know of, in the order in which they began. */
export class JobTable extends EventEmitter<TableEvents> {
  #jobs = new Map<string, JobRecord>();
  /** Jobs were put in that are older than ones before them. */
  #isUnsorted = false;
  #newest = 0;
  /** What `list` gave last, until something changes. */
  #listed: readonly JobRecord[] | undefined;
  readonly #running = new Set<string>();

  get size(): number {
    return this.#jobs.size;
  }

  /** Newest first. */
  list(): readonly JobRecord[] {
    if (this.#isUnsorted) {
      this.#jobs = new Map([...this.#jobs].sort(([, a], [, b]) => a.startedAt - b.startedAt));
      this.#isUnsorted = false;
    }
    this.#listed ??= [...this.#jobs.values()].reverse();
    return this.#listed;
  }

  /** Newest first. */
  running(): JobRecord[] {
    return [...this.#running]
      .flatMap((id) => this.#jobs.get(id) ?? [])
      .reverse()
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  get(id: string): JobRecord | undefined {
    return this.#jobs.get(id);
  }

  put(job: JobRecord): void {
    const known = this.#jobs.get(job.id);
    // What has ended stays ended: a notice that was on its way may come late.
    if (known !== undefined && known.status !== 'running' && job.status === 'running') return;
    if (known !== undefined && isSame(known, job)) return;
    if (known === undefined) {
      if (job.startedAt < this.#newest) this.#isUnsorted = true;
      this.#newest = Math.max(this.#newest, job.startedAt);
    }
    this.#jobs.set(job.id, job);
    this.#listed = undefined;
    if (job.status === 'running') this.#running.add(job.id);
    else this.#running.delete(job.id);
    this.emit('changed', job);
  }

  remove(id: string): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    this.#jobs.delete(id);
    this.#listed = undefined;
    this.#running.delete(id);
    this.emit('removed', job);
  }

  /**
   * The job that a caller means: by its exact id, the name of a running one, the name of the newest finished
   * one, or a prefix of its id.
   *
   * @throws JobError when there is none, or a prefix fits several
   */
  resolve(reference: string): JobRecord {
    const exact = this.#jobs.get(reference);
    if (exact !== undefined) return exact;
    const named = this.list().filter(({ name }) => name === reference);
    const byName = named.find(({ status }) => status === 'running') ?? named[0];
    if (byName !== undefined) return byName;
    const byPrefix =
      reference.length < MIN_PREFIX
        ? []
        : this.list().filter(({ id }) => id.startsWith(reference.toLowerCase()));
    if (byPrefix.length > 1) {
      throw new JobError(
        `"${reference}" fits ${byPrefix.length} jobs: ${describe(byPrefix)}. Give more characters of the id.`,
      );
    }
    const [only] = byPrefix;
    if (only === undefined) throw this.#unknown(reference);
    return only;
  }

  #unknown(reference: string): JobError {
    const jobs = this.list();
    if (jobs.length === 0)
      return new JobError(`There is no job "${reference}", nor any other. Start one first.`);
    return new JobError(
      `There is no job "${reference}". The newest jobs: ${describe(jobs)}. ` +
        'Give an id, a name, or the first 4 or more characters of an id.',
    );
  }
}

/** Whether nothing is told anew. What is no plain value of a job, its environment and who started it, never changes. */
function isSame(known: JobRecord, job: JobRecord): boolean {
  const names = Object.keys({ ...known, ...job }) as (keyof JobRecord)[];
  return names.every((name) => known[name] === job[name] || typeof job[name] === 'object');
}

function describe(jobs: readonly JobRecord[]): string {
  const named = jobs.slice(0, NAMED_IN_ERROR).map(({ id, name, status }) => {
    return name === undefined ? `${id} (${status})` : `${id} ("${name}", ${status})`;
  });
  const rest = jobs.length - named.length;
  return named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
