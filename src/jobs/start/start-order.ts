import { setImmediate } from 'node:timers/promises';

interface Start {
  readonly name?: string | undefined;
  /** Ids or names of the jobs after which it starts. */
  readonly after?: readonly string[] | undefined;
}

/**
 * The starts and restarts in progress. An agent calls for several jobs at once, each after the previous one, by names that
 * exist only when those have started.
 */
export class StartOrder {
  readonly #pending = new Map<Promise<unknown>, Start>();

  /** Notes a start until it is over. */
  async run<T>(start: Start, starting: Promise<T>): Promise<T> {
    this.#pending.set(starting, start);
    return starting.finally(() => this.#pending.delete(starting));
  }

  /**
   * Resolves when the jobs of these names that are being started have started, or could not.
   *
   * @param by the name of the job that waits. Starts that wait for it in turn are not waited for
   */
  async started(names: readonly string[], by?: string): Promise<void> {
    if (names.length === 0) return;
    // A start that was requested before may not be noted yet.
    await setImmediate();
    const awaited = [...this.#pending].filter(
      ([, start]) => names.includes(start.name ?? '') && !this.#waitsFor(start, by),
    );
    await Promise.allSettled(awaited.map(([starting]) => starting));
  }

  #waitsFor({ after = [] }: Start, name: string | undefined, seen: readonly string[] = []): boolean {
    if (name === undefined) return false;
    if (after.includes(name)) return true;
    return [...this.#pending.values()].some(
      (each) =>
        each.name !== undefined &&
        after.includes(each.name) &&
        !seen.includes(each.name) &&
        this.#waitsFor(each, name, [...seen, each.name]),
    );
  }
}
