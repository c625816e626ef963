/** Characters kept of a long line, around the match or from its beginning. */
const MAX_KEPT = 4096;
/** Characters of each part that are searched again with the next one, for a match that begins in one and ends in the other. */
const OVERLAP = 64 * 1024;
/** What may follow a part. A match that ends with it counts only if it does not depend on what follows. */
const CONTINUATIONS = ['a', '0', ' ', '-', '\ue000'];

/** Stands for the part of a line before the search. */
const UNKNOWN = '\ue000';

/** A part of a long line that is shown. */
export interface LongText {
  readonly text: string;
  /** Where the match begins in it. Undefined if there is none. */
  readonly at: number | undefined;
  /** Bytes of the line that were searched, in UTF-8. */
  readonly bytes: number;
  /** Whether the search has reached both ends of the line. */
  readonly isWhole: boolean;
}

/** Searches one line that comes in parts, as if it was one text, in memory that does not grow with it. */
export class LongLine {
  readonly #pattern: RegExp;
  /** The same, but it matches only where it begins. */
  readonly #sticky: RegExp;
  readonly #hasStart: boolean;
  /** What is searched again with the next part. Before it, the line has a part or its unknown beginning. */
  #window = '';
  #isFirst = true;
  #bytes = 0;
  #head = '';
  #found: { readonly text: string; readonly at: number } | undefined;

  /** @param hasStart whether its first part is the beginning of the line */
  constructor(pattern: RegExp, hasStart: boolean) {
    this.#pattern = new RegExp(pattern, `${pattern.flags}g`);
    this.#sticky = new RegExp(pattern, `${pattern.flags}y`);
    this.#hasStart = hasStart;
    if (!hasStart) this.#window = UNKNOWN;
  }

  /** It has no part yet. */
  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** A match in the parts that were added. */
  get hasMatch(): boolean {
    return this.#found !== undefined;
  }

  /** Takes the next part. The line continues behind it. */
  add(part: string): void {
    this.#take(part);
    const found = this.#search();
    if (found !== undefined && this.#found === undefined && this.#isCertain(found)) this.#keep(found.index);
    // It must not begin with a whole character of two units, in the middle of which no search can begin.
    this.#window = this.#window.slice(-OVERLAP).replace(/^[\ud800-\udbff]/, '');
    this.#isFirst = false;
  }

  /** Takes the last part. @param isEnded whether the line ends behind it, for the user to see */
  finish(part: string, isEnded: boolean): LongText {
    this.#take(part);
    const found = this.#search();
    if (found !== undefined && this.#found === undefined) this.#keep(found.index);
    const { text, at } = this.#found ?? { text: this.#head, at: undefined };
    return { text, at, bytes: this.#bytes, isWhole: this.#hasStart && isEnded };
  }

  #take(part: string): void {
    if (this.#head.length < MAX_KEPT) this.#head += part.slice(0, MAX_KEPT - this.#head.length);
    this.#bytes += Buffer.byteLength(part);
    this.#window += part;
  }

  #search(): RegExpExecArray | undefined {
    if (this.#found !== undefined) return undefined;
    // `^` matches only at index 0, which is the beginning of the line only once.
    this.#pattern.lastIndex = this.#isFirst && this.#hasStart ? 0 : 1;
    return this.#pattern.exec(this.#window) ?? undefined;
  }

  /** Returns false if what follows the part can change the match: `$`, for example, matches at the end of a part. */
  #isCertain({ index, 0: text }: RegExpExecArray): boolean {
    if (index + text.length < this.#window.length) return true;
    return CONTINUATIONS.every((next) => {
      this.#sticky.lastIndex = index;
      return this.#sticky.test(this.#window + next);
    });
  }

  #keep(index: number): void {
    const from = Math.max(this.#isFirst && !this.#hasStart ? UNKNOWN.length : 0, index - MAX_KEPT / 2);
    this.#found = { text: this.#window.slice(from, from + MAX_KEPT), at: index - from };
  }
}
