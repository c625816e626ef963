/** How much longer than its timeout a wait may take for the first check of each job. */
const FIRST_CHECK_TIMEOUT_MS = 5000;

/** The timeout of a wait. It expires only after each job was checked once, so that a short timeout finds what is there. */
export class WaitTimeout {
  readonly expired: Promise<void>;
  #expire: () => void = () => undefined;
  #timer: NodeJS.Timeout;
  #unchecked: number;
  #isDue = false;

  /** @param jobs how many jobs there are to check */
  constructor(timeoutMs: number, jobs: number) {
    this.#unchecked = jobs;
    this.expired = new Promise((resolve) => (this.#expire = resolve));
    this.#timer = setTimeout(() => {
      this.#isDue = true;
      if (this.#unchecked === 0) this.#expire();
      else this.#timer = setTimeout(this.#expire, FIRST_CHECK_TIMEOUT_MS);
    }, timeoutMs);
  }

  /** Call it once for each job, after its first check. */
  checked(): void {
    this.#unchecked--;
    if (this.#isDue && this.#unchecked === 0) this.#expire();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
