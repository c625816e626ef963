/**
 * Calls an action with the first value at once, and then with the newest value, at most once per `intervalMs` and not
 * before the previous call has settled. So values do not pile up while a receiver is slow.
 */
export class Throttle<T> {
  readonly #intervalMs: number;
  readonly #action: (value: T) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #next: { readonly value: T } | undefined;

  /** @param action never rejects */
  constructor(intervalMs: number, action: (value: T) => Promise<void>) {
    this.#intervalMs = intervalMs;
    this.#action = action;
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
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#continue();
    }, this.#intervalMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = undefined;
  }

  #continue(): void {
    const next = this.#next;
    if (next === undefined || this.#timer !== undefined || this.#isBusy) return;
    this.#next = undefined;
    this.push(next.value);
  }
}
