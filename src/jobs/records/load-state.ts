/** How long the state of jobs is used whose runner cannot be connected, in ms. */
const RELOAD_MS = 1000;

/** Whether the table of jobs was read from the journal, and may be out of date by now. */
export class LoadState {
  /** The runner that was connected at the last load. */
  #runner: string | undefined;
  /** The time of that, by the monotonic clock in ms. */
  #loadedAt = -Infinity;
  /** A load that began before the last one does not count. */
  #invalidations = 0;

  /** The table may be out of date from now on. */
  invalidate(): void {
    this.#runner = undefined;
    this.#invalidations++;
  }

  /** Notes that a load begins. @returns a function that notes its end, with the runner that was connected all the time */
  begin(): (runner: string | undefined) => void {
    const invalidations = this.#invalidations;
    return (runner) => {
      if (this.#invalidations === invalidations) this.#runner = runner;
      this.#loadedAt = performance.now();
    };
  }

  /**
   * Returns true if the table need not be read again.
   *
   * @param runner the runner for new jobs, which reports every change. Undefined if it is not connected
   * @param isComplete whether the runners of all active jobs are connected
   */
  isUpToDate(runner: string | undefined, isComplete: boolean): boolean {
    if (runner === undefined || runner !== this.#runner) return false;
    // A job of another version or machine may end while its runner is not connected.
    return isComplete || performance.now() - this.#loadedAt < RELOAD_MS;
  }
}
