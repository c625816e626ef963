/** Characters of the shortest text that is hidden: what is shorter stands in output by chance. */
const SHORTEST = 4;

/** Never longer than what it hides, so that replies keep their bounds. */
const MASK = '*'.repeat(SHORTEST);

/**
 * What people typed into hidden boxes, so that what agents are told does not hold it. It is kept in memory only, and
 * is as good as the text is exact: a job that prints it in another form is not seen through.
 */
export class Secrets {
  /** Longest first: one may hold another. */
  #values: string[] = [];

  /** @param value one line, without its end */
  add(value: string): void {
    if (value.length < SHORTEST || this.#values.includes(value)) return;
    this.#values = [...this.#values, value].sort((a, b) => b.length - a.length);
  }

  mask(text: string): string {
    return this.#values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
  }

  /** The same for bytes that are no text. */
  maskBytes(bytes: Buffer): Buffer {
    // Each byte is a character of latin1, and back.
    return this.#values.reduce((masked, value) => {
      const pattern = Buffer.from(value).toString('latin1');
      return Buffer.from(masked.toString('latin1').replaceAll(pattern, MASK), 'latin1');
    }, bytes);
  }
}
