/** Calls on at once, then at most once in `intervalMs` with the newest value. */
export class Throttle<T> {
  readonly #intervalMs: number;
  readonly #action: (value: T) => void;
  #timer: NodeJS.Timeout | undefined;
  #next: { readonly value: T } | undefined;

  constructor(intervalMs: number, action: (value: T) => void) {
    this.#intervalMs = intervalMs;
    this.#action = action;
  }

  push(value: T): void {
    if (this.#timer !== undefined) {
      this.#next = { value };
      return;
    }
    this.#action(value);
    this.#timer = setTimeout(() => {
      const next = this.#next;
      this.#timer = undefined;
      this.#next = undefined;
      if (next !== undefined) this.push(next.value);
    }, this.#intervalMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = undefined;
  }
}
