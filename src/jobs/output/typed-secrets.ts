/** Shortest text that is hidden, in characters. Shorter texts occur in output by chance. */
const MIN_SECRET_LENGTH = 4;

/** Never longer than the text that it replaces, so that replies stay within their limits. */
const MASK = '*'.repeat(MIN_SECRET_LENGTH);

/**
 * The texts that users typed into hidden prompts, which are masked in everything that agents receive. They are kept in
 * memory only. A job that prints such a text in another form, for example encoded, reveals it.
 */
export class Secrets {
  /** Longest first, since one may contain another. */
  #values: string[] = [];

  /** @param value one line, without its end */
  add(value: string): void {
    if (value.length < MIN_SECRET_LENGTH || this.#values.includes(value)) return;
    this.#values = [...this.#values, value].sort((a, b) => b.length - a.length);
  }

  /** True if there is nothing to mask. */
  get isEmpty(): boolean {
    return this.#values.length === 0;
  }

  mask(text: string): string {
    return this.#values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
  }

  /** Does the same for bytes that are not text. */
  maskBytes(bytes: Buffer): Buffer {
    // latin1 maps each byte to one character and back.
    return this.#values.reduce((masked, value) => {
      const pattern = Buffer.from(value).toString('latin1');
      return Buffer.from(masked.toString('latin1').replaceAll(pattern, MASK), 'latin1');
    }, bytes);
  }
}
