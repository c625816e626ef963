/** Pause before a job whose time is over is ended again, after its processes could not be listed. */
const RETRY_PAUSE_MS = 1000;

/** The end of the time that a job may run. */
export class Deadline {
  #timer: NodeJS.Timeout | undefined;
  #isCleared = false;

  /** @param end ends the job. It is tried again if it rejects */
  arm(timeoutMs: number, end: () => Promise<unknown>): void {
    this.#timer = setTimeout(() => {
      end().catch((error: unknown) => {
        console.error(error);
        if (!this.#isCleared) this.arm(RETRY_PAUSE_MS, end);
      });
    }, timeoutMs);
  }

  /** The job has exited. */
  clear(): void {
    this.#isCleared = true;
    clearTimeout(this.#timer);
  }
}
