/** Time between two looks at the pipes while there is always a little to read. */
const INTERVAL_MS = 0.1;

/** Time that is credited after a pause, which makes ten looks in a row free. */
const CREDIT_MS = 1;

export interface Clock {
  /** Returns the monotonic time in ms. */
  now(): number;
  /** Blocks the thread. */
  sleep(ms: number): void;
}

const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

const systemClock: Clock = {
  now: () => performance.now(),
  // It always times out. Timers of the event loop have a resolution of 1 ms, in which a pipe fills up.
  sleep: (ms) => void Atomics.wait(cell, 0, 0, ms),
};

/**
 * Spaces looks at the pipes that would follow each other too fast, so that output gathers in the pipes in the meantime
 * (interrupt coalescing). Otherwise a program that writes line by line would wake the runner for each line. Output that
 * comes now and then is not delayed.
 */
export class WakeUpPacer {
  readonly #clock: Clock;
  #isScheduled = false;
  #due = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Call this after a read that found little. It rests when everything that is ready has been read. */
  pace(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Runs when the event loop has called all readers, before it polls again.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#rest();
    });
  }

  #rest(): void {
    const now = this.#clock.now();
    this.#due = Math.max(this.#due, now - CREDIT_MS) + INTERVAL_MS;
    if (this.#due > now) this.#clock.sleep(this.#due - now);
  }
}
