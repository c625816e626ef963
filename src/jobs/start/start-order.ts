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

  /** Runs a start. It gets a promise that resolves when the jobs after which it starts have started, or failed to. */
  async run<T>({ name, after = [] }: Start, start: (earlier: Promise<unknown>) => Promise<T>): Promise<T> {
    const earlier = [...this.#pending].filter((each) => after.includes(each.name));
    const done = start(Promise.allSettled(earlier.map((each) => each.done)));
    if (name === undefined) return done;
    const pending = { name, done };
    this.#pending.add(pending);
    return done.finally(() => this.#pending.delete(pending));
  }
}
