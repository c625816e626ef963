const LINE_END = 10;

/** Splits bytes into lines, and delivers each of them once. */
export class LineQueue {
  readonly #take: (line: Buffer) => boolean;
  /** The received parts of an unfinished line. */
  #parts: Buffer[] = [];
  /** The lines that wait for the next turn of the event loop. */
  #waiting: Buffer[] = [];
  #turn: NodeJS.Immediate | undefined;

  /**
   * @param take receives a line without its end. If it returns false, the next line waits for the next turn of the event
   * loop, so that what the line has caused comes first.
   */
  constructor(take: (line: Buffer) => boolean) {
    this.#take = take;
  }

  add(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, from)) {
      const end = chunk.subarray(from, at);
      this.#waiting.push(this.#parts.length === 0 ? end : Buffer.concat([...this.#parts, end]));
      this.#parts = [];
      from = at + 1;
    }
    if (from < chunk.length) this.#parts.push(chunk.subarray(from));
    if (this.#turn === undefined) this.#deliver();
  }

  /** Drops everything that was not delivered. */
  clear(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#waiting = [];
    this.#parts = [];
  }

  #deliver(): void {
    let isNextDue = true;
    while (isNextDue) {
      const line = this.#waiting.shift();
      if (line === undefined) return;
      isNextDue = this.#take(line);
    }
    if (this.#waiting.length === 0) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#deliver();
    });
  }
}
