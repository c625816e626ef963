/** How many finished jobs stay in memory. Requests that were sent before their end still find them. */
const MAX_KEPT = 200;

/** Chooses which finished jobs a runner forgets. Managers know them from the journal. */
export class FinishedJobs {
  readonly #maxKept: number;
  /** Their ids, in the order in which they ended. */
  readonly #ended = new Set<string>();
  readonly #removed = new Set<string>();

  constructor(maxKept = MAX_KEPT) {
    this.#maxKept = maxKept;
  }

  /** Notes that a job has ended. It may be called again for the same job. */
  noteEnd(id: string): void {
    this.#ended.add(id);
  }

  /** Notes that a client removed a job from the history. */
  noteRemoval(id: string): void {
    if (this.#ended.has(id)) this.#removed.add(id);
  }

  /**
   * Returns the jobs to forget now: those that were removed, and the oldest ones if there are too many.
   *
   * @param mayForget returns false for a job that is still needed
   */
  take(mayForget: (id: string) => boolean): string[] {
    let excess = this.#ended.size - this.#maxKept;
    if (excess <= 0 && this.#removed.size === 0) return [];
    const forgotten = [...this.#ended].filter((id) => {
      if ((excess <= 0 && !this.#removed.has(id)) || !mayForget(id)) return false;
      excess--;
      return true;
    });
    for (const id of forgotten) {
      this.#ended.delete(id);
      this.#removed.delete(id);
    }
    return forgotten;
  }
}
