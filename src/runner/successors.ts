import type { FollowParams, StartResult } from '../protocol/messages.ts';
import type { Job } from './job.ts';

/** Knows which job took the place of which, or started it again. */
export class Successors {
  readonly #find: (id: string) => Job | undefined;
  /** The ids of the newest successors, by the id of the earlier job. */
  readonly #ids = new Map<string, string>();
  /** The jobs whose place another one is about to take. */
  readonly #pending = new Map<Job, Promise<StartResult>>();

  /** @param find returns a job that is still known */
  constructor(find: (id: string) => Job | undefined) {
    this.#find = find;
  }

  note(earlier: string, id: string): void {
    this.#ids.set(earlier, id);
  }

  /** Forgets a job, both who followed it and that it followed another one. */
  forget(id: string): void {
    this.#ids.delete(id);
    for (const [earlier, successor] of this.#ids) if (successor === id) this.#ids.delete(earlier);
  }

  /** Notes that another job takes the place of one, until it has started or could not. */
  async during(job: Job, replacing: Promise<StartResult>): Promise<StartResult> {
    const result = replacing.finally(() => this.#pending.delete(job));
    this.#pending.set(job, result);
    return result;
  }

  /** Returns the start of the job that will take the place of this one. */
  pendingOf(job: Job): Promise<StartResult> | undefined {
    return this.#pending.get(job);
  }

  /** Returns the start of the job that will take the place of one of this name. */
  pendingNamed(name: string): Promise<StartResult> | undefined {
    return [...this.#pending].find(([job]) => job.record.name === name)?.[1];
  }

  /** Finds the running or queued job that took the place of another one, or of one that did. */
  activeOf(id: string): Job | undefined {
    const successor = this.#ids.get(id);
    if (successor === undefined) return undefined;
    const job = this.#find(successor);
    return job?.isActive === true ? job : this.activeOf(successor);
  }

  /** Finds a job that follows another one, and that a client did not know when it asked for the same. */
  unknownOf({ id, known }: FollowParams): Job | undefined {
    const successor = this.#ids.get(id);
    return successor === undefined || known.includes(successor) ? undefined : this.#find(successor);
  }
}
