import type { ManagerSource } from '../manager-source.ts';
import { findAddresses } from './job-addresses.ts';

/** Pause between two checks of a job. It doubles with each check, up to the longest. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

interface Check {
  /** Time of the next check, by the monotonic clock. */
  nextMs: number;
  pauseMs: number;
  addresses: readonly string[];
}

/**
 * Finds the addresses of running jobs for their rows. Servers print or open them soon after their start, so a job is
 * checked often at first and rarely later, and only while its row is visible.
 */
export class RowAddresses {
  readonly #jobs: ManagerSource;
  readonly #checks = new Map<string, Check>();
  readonly #onChanged: (id: string) => void;

  constructor(jobs: ManagerSource, onChanged: (id: string) => void) {
    this.#jobs = jobs;
    this.#onChanged = onChanged;
  }

  /** Returns the URLs found by the last check. */
  of(id: string): readonly string[] {
    return this.#checks.get(id)?.addresses ?? [];
  }

  /** Checks the given jobs that are due and forgets all others. */
  checkAll(running: readonly string[]): void {
    const ids = new Set(running);
    for (const id of this.#checks.keys()) if (!ids.has(id)) this.#checks.delete(id);
    for (const id of running) void this.#check(id);
  }

  async #check(id: string): Promise<void> {
    const check = this.#checks.get(id) ?? { nextMs: 0, pauseMs: FIRST_PAUSE_MS, addresses: [] };
    const now = performance.now();
    if (now < check.nextMs) return;
    check.nextMs = now + check.pauseMs;
    check.pauseMs = Math.min(2 * check.pauseMs, LONGEST_PAUSE_MS);
    this.#checks.set(id, check);
    // Fails if the job was just removed or its runner is exiting. Then it has no addresses.
    const addresses = await findAddresses(this.#jobs.get(), id).catch(() => []);
    if (addresses.join() === check.addresses.join()) return;
    check.addresses = addresses;
    this.#onChanged(id);
  }
}
