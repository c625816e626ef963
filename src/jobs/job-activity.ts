import type { JobManager } from './manager.ts';

/**
 * Wakes whoever waits for a job: when its log grew, or when it began or ended. Take `version` before you look at
 * the job, and wait for a change since then: nothing that happens in between is missed.
 */
export class Growth {
  readonly #stop: () => void;
  #version = 0;
  #waiters: (() => void)[] = [];

  /** @param wantsGrowth else only the job's state counts */
  constructor(manager: JobManager, id: string, wantsGrowth = true) {
    const onChange = (): void => {
      this.#version++;
      for (const wake of this.#waiters.splice(0)) wake();
    };
    this.#stop = manager.watch(id, onChange, wantsGrowth);
  }

  get version(): number {
    return this.#version;
  }

  /** Resolves when something happened since `version`, when the signal aborts, or after `timeoutMs`. */
  async since(version: number, signal: AbortSignal, timeoutMs?: number): Promise<void> {
    if (this.#version !== version || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        // The signal may live for as long as the job, through any number of waits.
        signal.removeEventListener('abort', wake);
        clearTimeout(timer);
        resolve();
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
      this.#waiters.push(wake);
      signal.addEventListener('abort', wake);
    });
  }

  dispose(): void {
    this.#stop();
  }
}
