import type { RunnerLink } from './runners/runner-link.ts';

interface Watcher {
  readonly wake: () => void;
  /** Else its state alone. */
  readonly wantsGrowth: boolean;
}

/** Who is to be woken when something happens to a job. Runners tell of growth only while somebody wants to know of it. */
export class Watchers {
  readonly #byJob = new Map<string, Set<Watcher>>();

  /** @returns ends it */
  add(id: string, watcher: Watcher, link: RunnerLink | undefined): () => void {
    const watchers = this.#byJob.get(id) ?? new Set();
    this.#byJob.set(id, watchers.add(watcher));
    if (watcher.wantsGrowth) link?.watch(id);
    return () => {
      if (!watchers.delete(watcher)) return;
      if (watcher.wantsGrowth) link?.unwatch(id);
      if (watchers.size === 0) this.#byJob.delete(id);
    };
  }

  /** Its state has changed. */
  wake(id: string): void {
    for (const { wake } of this.#byJob.get(id) ?? []) wake();
  }

  /** Its log grew. */
  grew(id: string): void {
    for (const { wake, wantsGrowth } of this.#byJob.get(id) ?? []) if (wantsGrowth) wake();
  }

  /** After a connection was lost and made anew. */
  watchAgain(linkOf: (id: string) => RunnerLink | undefined): void {
    for (const [id, watchers] of this.#byJob) {
      for (const { wantsGrowth } of watchers) if (wantsGrowth) linkOf(id)?.watch(id);
    }
  }
}
