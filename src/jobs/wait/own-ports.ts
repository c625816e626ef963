import type { InspectResult } from '../../protocol/messages.ts';

/** Shortest pause between two inspections of a job, and the share of the time that they may take. */
const MIN_PAUSE_MS = 200;
const MAX_INSPECTION_SHARE = 0.1;

/** Looks at the ports of a job, no more often than that takes a small share of the time. */
export class OwnPorts {
  readonly #inspect: (id: string) => Promise<InspectResult>;
  readonly #id: string;
  #next = 0;

  constructor(inspect: (id: string) => Promise<InspectResult>, id: string) {
    this.#inspect = inspect;
    this.#id = id;
  }

  /** @returns undefined if it is too early @param isLast looks in any case */
  async look(isLast = false): Promise<readonly number[] | undefined> {
    const begin = performance.now();
    if (!isLast && begin < this.#next) return undefined;
    const { ports } = await this.#inspect(this.#id);
    const end = performance.now();
    this.#next = end + Math.max(MIN_PAUSE_MS, (end - begin) / MAX_INSPECTION_SHARE);
    return ports;
  }
}
