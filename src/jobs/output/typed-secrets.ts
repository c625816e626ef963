/** Shortest text that is hidden, in characters. Shorter texts occur in output by chance. */
const MIN_SECRET_LENGTH = 4;

/** Never longer than the text that it replaces, so that replies stay within their limits. */
const MASK = '*'.repeat(MIN_SECRET_LENGTH);

/** The mark of a cut. */
const CUT = '…';

/**
 * The texts that users typed into hidden prompts, which are masked in everything that agents receive. They are kept in
 * memory only. A job that prints such a text in another form, for example encoded, reveals it.
 */
export class Secrets {
  /** Longest first, since one may contain another. */
  #values: string[] = [];

  /** @param value one line, without its end */
  add(value: string): void {
    if (value.length < MIN_SECRET_LENGTH) return;
    // Replies also quote lines as JSON.
    const quoted = JSON.stringify(value).slice(1, -1);
    this.#values = [...new Set([...this.#values, value, quoted])].sort((a, b) => b.length - a.length);
  }

  /** True if there is nothing to mask. */
  get isEmpty(): boolean {
    return this.#values.length === 0;
  }

  mask(text: string): string {
    return this.#values.reduce((masked, value) => maskCut(masked.replaceAll(value, MASK), value), text);
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

/** Masks what is left of a value before or after the mark of a cut. */
function maskCut(text: string, value: string): string {
  if (!text.includes(CUT)) return text;
  const parts = text.split(CUT);
  const masked = parts.map((part, at) => {
    const head = at < parts.length - 1 ? withoutEnd(part, value) : part;
    return at > 0 ? withoutBeginning(head, value) : head;
  });
  return masked.join(CUT);
}

function withoutEnd(text: string, value: string): string {
  for (let length = value.length - 1; length >= MIN_SECRET_LENGTH; length--) {
    if (text.endsWith(value.slice(0, length))) return text.slice(0, -length) + MASK;
  }
  return text;
}

function withoutBeginning(text: string, value: string): string {
  for (let length = value.length - 1; length >= MIN_SECRET_LENGTH; length--) {
    if (text.startsWith(value.slice(-length))) return MASK + text.slice(length);
  }
  return text;
}
