/** Share of the time in which the process must have had a processor. */
const MIN_CPU_SHARE = 0.5;
/** After so many times the deadline, a thread counts as stuck in any case. It may be blocked without using a processor. */
const MAX_EXTENSION = 10;
/** How often within its time an extended deadline is checked. */
const CHECKS = 4;

/**
 * Finds out that a thread is stuck in a computation: it shows no progress, although it could run. On a busy machine, a
 * thread may wait for seconds until it gets a processor, so time alone does not tell.
 */
export class ThreadDeadline {
  #afterMs: number;
  readonly #onStuck: () => void;
  #timer: NodeJS.Timeout;
  #began = 0;
  #cpu = process.cpuUsage();

  /** @param afterMs how long the thread may take without a sign of progress if it has a processor for half of the time */
  constructor(afterMs: number, onStuck: () => void) {
    this.#afterMs = afterMs;
    this.#onStuck = onStuck;
    this.#timer = this.#begin();
  }

  /** Call it when the thread shows progress. @param afterMs the same as in the constructor, from now on */
  refresh(afterMs: number): void {
    this.#afterMs = afterMs;
    clearTimeout(this.#timer);
    this.#timer = this.#begin();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  #begin(): NodeJS.Timeout {
    this.#began = performance.now();
    this.#cpu = process.cpuUsage();
    return this.#checkIn(this.#afterMs);
  }

  #checkIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      if (this.#isStuck()) this.#onStuck();
      else this.#timer = this.#checkIn(this.#afterMs / CHECKS);
    }, ms);
  }

  #isStuck(): boolean {
    const { user, system } = process.cpuUsage(this.#cpu);
    const hasRun = (user + system) / 1000 >= this.#afterMs * MIN_CPU_SHARE;
    return hasRun || performance.now() - this.#began >= this.#afterMs * MAX_EXTENSION;
  }
}
