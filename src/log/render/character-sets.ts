/** What the line drawing set of the VT100 (DEC Special Graphics) shows for "`" to "~". */
const GLYPHS = '◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·';
const FIRST = '`'.charCodeAt(0);

/** The two character sets that a stream can choose from, and which of them is in use. */
export class CharacterSets {
  readonly #areLines = [false, false];
  #used = 0;

  /** @param set 0 for G0, 1 for G1 */
  designate(set: number, isLineDrawing: boolean): void {
    this.#areLines[set] = isLineDrawing;
  }

  use(set: number): void {
    this.#used = set;
  }

  reset(): void {
    this.#areLines.fill(false);
    this.#used = 0;
  }

  /** Returns the text that is shown for some text. */
  translate(text: string): string {
    if (this.#areLines[this.#used] !== true) return text;
    return text.replace(/[`-~]/g, (letter) => GLYPHS.charAt(letter.charCodeAt(0) - FIRST));
  }
}
