import type { ManagerSource } from '../manager-source.ts';

/** Follows whether the jobs of visible rows wait for input. */
export class RowInputs {
  readonly #jobs: ManagerSource;
  readonly #followed = new Map<string, () => void>();

  constructor(jobs: ManagerSource) {
    this.#jobs = jobs;
  }

  /** Follows these jobs and no others. */
  follow(running: readonly string[]): void {
    const ids = new Set(running);
    for (const [id, stop] of this.#followed) {
      if (ids.has(id)) continue;
      stop();
      this.#followed.delete(id);
    }
    for (const id of running) {
      if (!this.#followed.has(id)) this.#followed.set(id, this.#jobs.get().input.states.follow(id));
    }
  }

  dispose(): void {
    this.follow([]);
  }
}
