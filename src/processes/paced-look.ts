interface Pace {
  /** Shortest pause between two looks, in ms. */
  readonly minPauseMs: number;
  /** Longest pause, in ms, however long a look takes. By default, there is none. */
  readonly maxPauseMs?: number;
}

/** Share of the time that looks may take. */
const MAX_SHARE = 0.1;

/** A look that is repeated, such as one at all processes of the system, but takes only a small share of the time. */
export class PacedLook<T, A extends readonly unknown[] = []> {
  readonly #look: (...args: A) => Promise<T>;
  readonly #pace: Pace;
  #next = 0;

  constructor(look: (...args: A) => Promise<T>, pace: Pace) {
    this.#look = look;
    this.#pace = pace;
  }

  /** Pause until the next look, in ms. 0 if it may follow at once. */
  get pauseMs(): number {
    return Math.max(0, this.#next - performance.now());
  }

  /** Looks now. */
  async run(...args: A): Promise<T> {
    const begin = performance.now();
    const result = await this.#look(...args);
    const end = performance.now();
    const { minPauseMs, maxPauseMs = Infinity } = this.#pace;
    this.#next = end + Math.min(maxPauseMs, Math.max(minPauseMs, (end - begin) / MAX_SHARE));
    return result;
  }
}
