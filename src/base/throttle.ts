/**
 * Calls an action with the first value at once, and then with the newest value, at most once per `intervalMs` and not
 * before the previous call has settled. So values do not pile up while a receiver is slow. After a pause, the first calls
 * of a burst need not keep the interval.
 */
export class Throttle<T> {
  readonly #intervalMs: number;
  readonly #action: (value: T) => Promise<void>;
  readonly #creditMs: number;
  /** When the next call is due, by the monotonic clock in ms. */
  #due = 0;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #next: { readonly value: T } | undefined;

  /**
   * @param action never rejects
   * @param burst number of calls that need no interval after a pause
   */
  constructor(intervalMs: number, action: (value: T) => Promise<void>, burst = 1) {
    this.#intervalMs = intervalMs;
    this.#action = action;
    this.#creditMs = (burst - 1) * intervalMs;
  }

  push(value: T): void {
    if (this.#timer !== undefined || this.#isBusy) {
      this.#next = { value };
      return;
    }
    this.#isBusy = true;
    void this.#action(value).then(() => {
      this.#isBusy = false;
      this.#continue();
    });
    const pauseMs = this.#nextPause();
    if (pauseMs <= 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#continue();
    }, pauseMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = undefined;
  }

  #nextPause(): number {
    if (this.#creditMs === 0) return this.#intervalMs;
    const now = performance.now();
    this.#due = Math.max(this.#due, now - this.#creditMs) + this.#intervalMs;
    return this.#due - now;
  }

  #continue(): void {
    const next = this.#next;
    if (next === undefined || this.#timer !== undefined || this.#isBusy) return;
    this.#next = undefined;
    this.push(next.value);
  }
}
