import type { ProcessInfo } from '../processes/process-table.ts';
import type { KillOutcome } from '../processes/target-kill.ts';
import type { EndedBy } from '../protocol/job-record.ts';

interface Kill {
  readonly by: EndedBy;
  /** It failed before it sent a signal, so it changed nothing. */
  isVoid: boolean;
}

/** What the kills of a job had to do with its end. */
interface KillsAtExit {
  /** Who requested the first kill that took effect. */
  readonly by: EndedBy | undefined;
  /** The processes that the kills left, which may have exited since. Undefined if no kill has looked since the exit. */
  readonly survivors: readonly ProcessInfo[] | undefined;
}

/** The kills of a job. Several may run at once. */
export class JobKills {
  /** Oldest first. */
  readonly #all: Kill[] = [];
  readonly #pending = new Set<Promise<KillOutcome>>();

  get isPending(): boolean {
    return this.#pending.size > 0;
  }

  /** Resolves when the kills that run are over. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  /**
   * Carries out a kill.
   *
   * @param start starts it, and calls `onSignal` before the first signal
   */
  async run(by: EndedBy, start: (onSignal: () => void) => Promise<KillOutcome>): Promise<KillOutcome> {
    const kill: Kill = { by, isVoid: false };
    this.#all.push(kill);
    let isSent = false;
    const killing = start(() => (isSent = true));
    this.#pending.add(killing);
    try {
      return await killing;
    } catch (error) {
      kill.isVoid = !isSent;
      throw error;
    } finally {
      this.#pending.delete(killing);
    }
  }

  /** Waits for the kills that run. Call it at the exit of the job: a kill that comes later has not ended it. */
  async atExit(): Promise<KillsAtExit> {
    const kills = [...this.#all];
    const results = await Promise.allSettled(this.#pending);
    const left = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value.survivors] : []));
    return {
      by: kills.find(({ isVoid }) => !isVoid)?.by,
      survivors: left.find(({ length }) => length === 0) ?? left.at(-1),
    };
  }
}
