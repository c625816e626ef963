import { findAddresses } from './job-addresses.ts';
import type { ManagerSource } from '../manager-source.ts';

/** Pauses (ms) between two looks at a job: the first, doubled each time, and the longest. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

interface Look {
  next: number;
  pause: number;
  addresses: readonly string[];
}

/**
 * The addresses at which running jobs can be reached, for their rows. Servers say or open them soon after their
 * start, so that a job is looked at often in the beginning and rarely later, and only while its row is in sight.
 */
export class RowAddresses {
  readonly #jobs: ManagerSource;
  readonly #looks = new Map<string, Look>();
  readonly #onChanged: (id: string) => void;

  constructor(jobs: ManagerSource, onChanged: (id: string) => void) {
    this.#jobs = jobs;
    this.#onChanged = onChanged;
  }

  /** What was found last; URLs. */
  of(id: string): readonly string[] {
    return this.#looks.get(id)?.addresses ?? [];
  }

  /** Looks at those of these jobs whose turn it is, and forgets all others. */
  look(running: readonly string[]): void {
    const ids = new Set(running);
    for (const id of this.#looks.keys()) if (!ids.has(id)) this.#looks.delete(id);
    for (const id of running) void this.#lookAt(id);
  }

  async #lookAt(id: string): Promise<void> {
    const look = this.#looks.get(id) ?? { next: 0, pause: FIRST_PAUSE, addresses: [] };
    const now = performance.now();
    if (now < look.next) return;
    look.next = now + look.pause;
    look.pause = Math.min(2 * look.pause, LONGEST_PAUSE);
    this.#looks.set(id, look);
    // A job that has just been removed has none; its runner may be ending.
    const addresses = await findAddresses(this.#jobs.get(), id).catch(() => []);
    if (addresses.join() === look.addresses.join()) return;
    look.addresses = addresses;
    this.#onChanged(id);
  }
}
