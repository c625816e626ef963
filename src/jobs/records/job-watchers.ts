import type { RunnerLink } from '../runners/runner-link.ts';

export interface JobWatcher {
  readonly wake: () => void;
  /** False to be woken by changes of the job only, not by its output. */
  readonly wantsGrowth: boolean;
}

/** The callbacks to run when something happens to a job. Runners report growth only of logs that are watched. */
export class JobWatchers {
  readonly #byJob = new Map<string, Set<JobWatcher>>();
  readonly #linkOf: (id: string) => RunnerLink | undefined;

  /** @param linkOf returns the current connection to the runner of a job */
  constructor(linkOf: (id: string) => RunnerLink | undefined) {
    this.#linkOf = linkOf;
  }

  /** @returns a function that removes the watcher */
  add(id: string, watcher: JobWatcher): () => void {
    const watchers = this.#byJob.get(id) ?? new Set();
    this.#byJob.set(id, watchers.add(watcher));
    if (watcher.wantsGrowth) this.#linkOf(id)?.watch(id);
    return () => {
      if (!watchers.delete(watcher)) return;
      if (watcher.wantsGrowth) this.#linkOf(id)?.unwatch(id);
      if (watchers.size === 0) this.#byJob.delete(id);
    };
  }

  /** Runs all callbacks of a job. */
  wake(id: string): void {
    for (const { wake } of this.#byJob.get(id) ?? []) wake();
  }

  /** Runs the callbacks that want to know that the log of a job grew. */
  grew(id: string): void {
    for (const { wake, wantsGrowth } of this.#byJob.get(id) ?? []) if (wantsGrowth) wake();
  }

  /** Asks a newly connected runner to report the growth of the logs that are watched. */
  resume(link: RunnerLink): void {
    for (const [id, watchers] of this.#byJob) {
      if (this.#linkOf(id) !== link) continue;
      for (const { wantsGrowth } of watchers) if (wantsGrowth) link.watch(id);
    }
  }
}
