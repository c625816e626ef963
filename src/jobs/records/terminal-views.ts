import type { RunnerLink } from '../runners/runner-link.ts';

export interface TerminalView {
  /** Cursor behind the output whose queries the runner has answered. */
  readonly answeredTo: number;
  /** Removes the viewer. */
  end(): void;
}

/** The viewers of terminals. While there is one, it answers the queries of the job's program, and the runner does not. */
export class TerminalViews {
  readonly #counts = new Map<string, number>();
  readonly #linkOf: (id: string) => RunnerLink | undefined;

  /** @param linkOf returns the current connection to the runner of a job */
  constructor(linkOf: (id: string) => RunnerLink | undefined) {
    this.#linkOf = linkOf;
  }

  /** Resolves when the runner leaves the answers to the viewer. */
  async add(id: string): Promise<TerminalView> {
    this.#change(id, 1);
    const answeredTo = await view(this.#linkOf(id), id);
    let isRemoved = false;
    const end = (): void => {
      if (isRemoved) return;
      isRemoved = true;
      this.#change(id, -1);
      this.#linkOf(id)?.unview(id);
    };
    return { answeredTo, end };
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

async function view(link: RunnerLink | undefined, id: string): Promise<number> {
  // The runner has exited, or it is an older one that answers nothing. A viewer works without it.
  return (await link?.view(id).catch(() => undefined)) ?? 0;
}
