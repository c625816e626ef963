import type { RunnerLink } from '../runners/runner-link.ts';

/**
 * What a watcher wants to know: changes of the job, also that its log grew, or that at once and with the output (see
 * `WatchParams`).
 */
export type JobInterest = 'changes' | 'growth' | 'output';

interface JobWatcher {
  readonly wake: () => void;
  readonly interest: JobInterest;
}

/**
 * How long the output of a job is still reported after the last wait for it. A client that follows a job calls again soon,
 * and each call would take two messages to the runner and one back.
 */
const LINGER_MS = 2000;

/** The watchers that want the output of a job. */
interface OutputWatch {
  count: number;
  /** Ends the watch after the last of them is gone. */
  ending: NodeJS.Timeout | undefined;
}

/** The callbacks to run when something happens to a job. Runners report growth only of logs that are watched. */
export class JobWatchers {
  readonly #byJob = new Map<string, Set<JobWatcher>>();
  readonly #outputs = new Map<string, OutputWatch>();
  readonly #linkOf: (id: string) => RunnerLink | undefined;

  /** @param linkOf returns the current connection to the runner of a job */
  constructor(linkOf: (id: string) => RunnerLink | undefined) {
    this.#linkOf = linkOf;
  }

  /** @returns a function that removes the watcher */
  add(id: string, watcher: JobWatcher): () => void {
    const watchers = this.#byJob.get(id) ?? new Set();
    this.#byJob.set(id, watchers.add(watcher));
    if (watcher.interest === 'growth') this.#linkOf(id)?.watch(id);
    if (watcher.interest === 'output') this.#watchOutput(id);
    return () => {
      if (!watchers.delete(watcher)) return;
      if (watcher.interest === 'growth') this.#linkOf(id)?.unwatch(id);
      if (watcher.interest === 'output') this.#releaseOutput(id);
      if (watchers.size === 0) this.#byJob.delete(id);
    };
  }

  /** Runs all callbacks of a job. */
  wake(id: string): void {
    for (const { wake } of this.#byJob.get(id) ?? []) wake();
  }

  /** Runs the callbacks that want to know that the log of a job grew. */
  grew(id: string): void {
    for (const { wake, interest } of this.#byJob.get(id) ?? []) if (interest !== 'changes') wake();
  }

  /** Asks a newly connected runner to report the growth of the logs that are watched. */
  resume(link: RunnerLink): void {
    for (const [id, watchers] of this.#byJob) {
      if (this.#linkOf(id) !== link) continue;
      for (const { interest } of watchers) if (interest === 'growth') link.watch(id);
    }
    for (const id of this.#outputs.keys()) if (this.#linkOf(id) === link) link.watch(id, true);
  }

  dispose(): void {
    for (const { ending } of this.#outputs.values()) clearTimeout(ending);
  }

  #watchOutput(id: string): void {
    const watch = this.#outputs.get(id);
    if (watch === undefined) {
      this.#outputs.set(id, { count: 1, ending: undefined });
      this.#linkOf(id)?.watch(id, true);
      return;
    }
    watch.count++;
    clearTimeout(watch.ending);
    watch.ending = undefined;
  }

  #releaseOutput(id: string): void {
    const watch = this.#outputs.get(id);
    if (watch === undefined || --watch.count > 0) return;
    watch.ending = setTimeout(() => {
      this.#outputs.delete(id);
      this.#linkOf(id)?.unwatch(id, true);
    }, LINGER_MS).unref();
  }
}
