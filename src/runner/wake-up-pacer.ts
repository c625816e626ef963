/** Time (ms) from one look at the pipes to the next, while there is always a little to read. */
const INTERVAL = 0.1;

/** Time (ms) that counts as not yet used after a rest: so many looks in a row are free, ten of them. */
const CREDIT = 1;

export interface Clock {
  /** Monotonic time, in ms. */
  now(): number;
  /** Blocks the thread for some ms. */
  sleep(ms: number): void;
}

const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

const systemClock: Clock = {
  now: () => performance.now(),
  // Nobody notifies it: it times out. Timers of the event loop know whole milliseconds only, in which a pipe fills up.
  sleep: (ms) => void Atomics.wait(cell, 0, 0, ms),
};

/**
 * A program that writes line by line would wake the runner for each line, and cost it more than itself. So
 * looks that follow each other too fast are spaced, and the pipes gather meanwhile (interrupt coalescing). Who
 * writes now and then is not held up.
 */
export class WakeUpPacer {
  readonly #clock: Clock;
  #isScheduled = false;
  #due = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** To be called after a read that found little; rests once all that is ready has been read. */
  pace(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Runs when the event loop has called everybody who can read, before it asks for more.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#rest();
    });
  }

  #rest(): void {
    const now = this.#clock.now();
    this.#due = Math.max(this.#due, now - CREDIT) + INTERVAL;
    if (this.#due > now) this.#clock.sleep(this.#due - now);
  }
}
