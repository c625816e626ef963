/** Collects items for a period after the first one and delivers them together. */
export class NoticeQueue<T> {
  readonly #periodMs: number;
  readonly #deliver: (items: T[]) => void;
  #items: T[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(periodMs: number, deliver: (items: T[]) => void) {
    this.#periodMs = periodMs;
    this.#deliver = deliver;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#timer ??= setTimeout(() => {
      const items = this.#items;
      this.#items = [];
      this.#timer = undefined;
      this.#deliver(items);
    }, this.#periodMs);
  }

  /** Drops the items collected so far. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#items = [];
  }
}
