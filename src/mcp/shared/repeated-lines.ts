const COUNT = new Intl.NumberFormat('en-US');
/** Size of the text that is compared at once in a run of short lines. */
const COMPARED_LENGTH = 4096;

/**
 * Replaces runs of identical lines by the line and `[repeated 4,999 more times]`, where that is shorter. An unfinished
 * last line stays as it is.
 */
export function foldRepeatedLines(text: string): string {
  return new FoldedLines().with(text).text;
}

/** Text with repeated lines folded, to which more can be added without looking at all of it again. */
export class FoldedLines {
  /** The runs before the last one, folded. */
  readonly #before: string;
  /** The line of the last run, with its line end, and how often it occurs. */
  readonly #line: string;
  readonly #count: number;
  readonly #unfinished: string;

  constructor(before = '', { line = '', count = 0, unfinished = '' } = {}) {
    this.#before = before;
    this.#line = line;
    this.#count = count;
    this.#unfinished = unfinished;
  }

  get text(): string {
    return this.#before + foldRun(this.#line, this.#count) + this.#unfinished;
  }

  /** Returns the same with more text behind it. */
  with(more: string): FoldedLines {
    const text = this.#unfinished + more;
    let [before, line, count] = [this.#before, this.#line, this.#count];
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const next = text.slice(from, end + 1);
      if (next !== line) {
        before += foldRun(line, count);
        [line, count] = [next, 0];
      }
      const repeated = countRepeated(text, from, line);
      count += repeated;
      from += repeated * line.length;
    }
    return new FoldedLines(before, { line, count, unfinished: text.slice(from) });
  }
}

/** Returns how often a line occurs in a row from an index on. */
function countRepeated(text: string, from: number, line: string): number {
  let at = from;
  while (text.startsWith(line, at)) {
    at += line.length;
    if (at - from < 16 * line.length) continue;
    const many = line.repeat(Math.ceil(COMPARED_LENGTH / line.length));
    while (text.startsWith(many, at)) at += many.length;
    while (text.startsWith(line, at)) at += line.length;
  }
  return (at - from) / line.length;
}

function foldRun(line: string, count: number): string {
  if (count < 3) return line.repeat(count);
  const mark = `[repeated ${COUNT.format(count - 1)} more times]\n`;
  return mark.length < line.length * (count - 1) ? line + mark : line.repeat(count);
}
