import { setPatientTimeout } from '../../base/patient-timeout.ts';

/** Pause between two looks at a runner that owes an answer. */
const TICK_MS = 1000;
/** After how many looks without a sign of life a runner counts as silent. On a busy machine it may need seconds. */
const MAX_SILENT_TICKS = 10;
/** How long a question waits for a sign of life. On a busy machine a runner may need a second. */
const SIGN_TIMEOUT_MS = 2000;

/** The runner has sent nothing for too long. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/**
 * Distinguishes a runner that is stopped or stuck from one whose work takes long. While the runner owes an answer, it gets
 * a ping once a second, and anything that it sends is a sign of life.
 *
 * It counts looks instead of time, since this process may have been stopped or the machine asleep. Between two looks, what
 * has arrived in the meantime is read.
 */
export class RunnerPulse {
  readonly #ping: () => Promise<void>;
  readonly #tickMs: number;
  /** What ends the wait for each answer. */
  readonly #waiting = new Set<() => void>();
  #silentTicks = 0;
  #isLate = false;
  /** When the runner sent something last, by the monotonic clock in ms. */
  #heardAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param ping sends something that a living runner answers at once. Resolves with the answer */
  constructor(ping: () => Promise<void>, tickMs = TICK_MS) {
    this.#ping = ping;
    this.#tickMs = tickMs;
  }

  /** Returns true from the time when a request was given up until the runner sends something. */
  get isSilent(): boolean {
    return this.#silentTicks >= MAX_SILENT_TICKS;
  }

  /** Returns true from the time when a sign of life did not come soon until the runner sends something. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Notes that the runner has sent something. */
  beat(): void {
    this.#silentTicks = 0;
    this.#isLate = false;
    this.#heardAt = performance.now();
  }

  /**
   * Returns whether the runner gives a sign of life soon. If it gave none the last time, does not wait for one.
   *
   * @param timeoutMs how long to wait
   * @param recentMs age up to which an earlier sign is enough
   */
  async isResponsive({ timeoutMs = SIGN_TIMEOUT_MS, recentMs = 0 } = {}): Promise<boolean> {
    if (this.isSilent || this.isLate) return false;
    if (performance.now() - this.#heardAt < recentMs) return true;
    let cancel: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      cancel = setPatientTimeout(() => {
        this.#isLate = true;
        resolve();
      }, timeoutMs);
    });
    await Promise.race([this.#ping(), late]);
    cancel();
    return !this.isLate;
  }

  /** Waits for an answer as long as the runner shows signs of life. @throws SilenceError, or what the answer throws */
  async until<T>(answer: Promise<T>): Promise<T> {
    let giveUp: () => void = () => undefined;
    const silence = new Promise<never>((_, reject) => {
      giveUp = () => reject(new SilenceError('The runner does not answer.'));
    });
    this.#waiting.add(giveUp);
    if (this.isSilent) giveUp();
    else this.#start();
    try {
      return await Promise.race([answer, silence]);
    } finally {
      this.#waiting.delete(giveUp);
      if (this.#waiting.size === 0) this.#stop();
    }
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#silentTicks = 0;
    this.#timer = setInterval(() => this.#tick(), this.#tickMs);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#silentTicks++;
    if (this.isSilent) {
      this.#stop();
      for (const giveUp of this.#waiting) giveUp();
    } else if (this.#silentTicks === 1) void this.#ping();
  }
}
