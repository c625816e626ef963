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
  readonly #pending = new Set<{ readonly name: string; readonly done: Promise<unknown> }>();

  /** Resolves when no job of these names is being started. */
  async started(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    // A start that was requested before may not be known here yet.
    await setImmediate();
    await Promise.allSettled(this.#named(names));
  }

  /** Runs a start. It gets a promise that resolves when the jobs after which it starts have started, or failed to. */
  async run<T>({ name, after = [] }: Start, start: (earlier: Promise<unknown>) => Promise<T>): Promise<T> {
    const done = start(Promise.allSettled(this.#named(after)));
    if (name === undefined) return done;
    const pending = { name, done };
    this.#pending.add(pending);
    return done.finally(() => this.#pending.delete(pending));
  }

  #named(names: readonly string[]): Promise<unknown>[] {
    return [...this.#pending].filter(({ name }) => names.includes(name)).map(({ done }) => done);
  }
}
