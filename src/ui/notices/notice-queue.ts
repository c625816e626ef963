/** Gathers what comes within a time and hands it on together. */
export class NoticeQueue<T> {
  readonly #gatherMs: number;
  readonly #deliver: (items: T[]) => void;
  #items: T[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(gatherMs: number, deliver: (items: T[]) => void) {
    this.#gatherMs = gatherMs;
    this.#deliver = deliver;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#timer ??= setTimeout(() => {
      const items = this.#items;
      this.#items = [];
      this.#timer = undefined;
      this.#deliver(items);
    }, this.#gatherMs);
  }

  /** What was gathered is not told any more. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#items = [];
  }
}
