import type { JobInterest } from './job-watchers.ts';
import type { KnownJobs } from './known-jobs.ts';

/**
 * Counts the changes of a job, so that a caller can wait for the next one without missing any: read `version`, look at
 * the job, then wait for a change since that version.
 */
export class JobActivity {
  readonly #stop: () => void;
  #version = 0;
  readonly #waiters = new Set<() => void>();

  /** @param interest what counts */
  constructor(jobs: Pick<KnownJobs, 'watch'>, id: string, interest: JobInterest = 'growth') {
    const onChange = (): void => {
      this.#version++;
      for (const wake of this.#waiters) wake();
    };
    this.#stop = jobs.watch(id, onChange, interest);
  }

  get version(): number {
    return this.#version;
  }

  /** Resolves after a change since `version`, when the signal aborts, or after `timeoutMs`. */
  async since(version: number, signal: AbortSignal, timeoutMs?: number): Promise<void> {
    if (this.#version !== version || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(wake);
        // The signal may outlive any number of these waits.
        signal.removeEventListener('abort', wake);
        clearTimeout(timer);
        resolve();
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
      this.#waiters.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  dispose(): void {
    this.#stop();
  }
}
