import type { RunnerLink } from './runners/runner-link.ts';

/** The viewers of terminals. While there is one, it answers the queries of the job's program, and the runner does not. */
export class TerminalViews {
  readonly #counts = new Map<string, number>();
  readonly #linkOf: (id: string) => RunnerLink | undefined;

  /** @param linkOf returns the current connection to the runner of a job */
  constructor(linkOf: (id: string) => RunnerLink | undefined) {
    this.#linkOf = linkOf;
  }

  /** Resolves when the runner leaves the answers to the viewer. @returns a function that removes the viewer */
  async add(id: string): Promise<() => void> {
    this.#change(id, 1);
    await view(this.#linkOf(id), id);
    let isRemoved = false;
    return () => {
      if (isRemoved) return;
      isRemoved = true;
      this.#change(id, -1);
      this.#linkOf(id)?.unview(id);
    };
  }

  /** Registers the viewers with a newly connected runner. */
  resume(link: RunnerLink): void {
    for (const [id, count] of this.#counts) {
      if (this.#linkOf(id) !== link) continue;
      for (let each = 0; each < count; each++) void view(link, id);
    }
  }

  #change(id: string, by: number): void {
    const count = (this.#counts.get(id) ?? 0) + by;
    if (count > 0) this.#counts.set(id, count);
    else this.#counts.delete(id);
  }
}

async function view(link: RunnerLink | undefined, id: string): Promise<void> {
  // The runner has exited, or it is an older one that answers nothing. A viewer works without it.
  await link?.view(id).catch(() => undefined);
}
