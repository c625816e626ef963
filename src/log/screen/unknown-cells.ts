/** A character that no program prints: the last one for private use (Unicode 23.5). It stands in cells that are not known. */
const UNKNOWN_CELL = '\u{10fffd}';
const UNKNOWN_CELLS = new RegExp(`(?:${UNKNOWN_CELL})+`, 'g');
/** Bytes in which the end of a sequence that was cut is looked for. */
const MAX_CUT_BYTES = 4096;
/** ESC, BEL, LF and CR. None of them is within a sequence, but for ESC and BEL at its end. */
const CONTROLS = [0x1b, 0x07, 0x0a, 0x0d];

/** Returns output that fills a new terminal of this size with cells that are not known. */
export function fillUnknown({ columns, rows }: { readonly columns: number; readonly rows: number }): string {
  const filled = Array.from(
    { length: rows },
    (_, row) => `\x1b[${row + 1};1H${UNKNOWN_CELL.repeat(columns)}`,
  );
  return `${filled.join('')}\x1b[H`;
}

/** Returns true if a text of the terminal contains cells that nothing has drawn or erased since it was filled. */
export function hasUnknown(text: string): boolean {
  return text.includes(UNKNOWN_CELL);
}

/** Leaves unknown cells empty in a serialized screen. Blanks would wrap in a narrower terminal, and move the rest. */
export function skipUnknown(text: string): string {
  return text.replace(UNKNOWN_CELLS, (cells) => `\x1b[${cells.length / UNKNOWN_CELL.length}C`);
}

/** Shows unknown cells as blanks. */
export function blankUnknown(text: string): string {
  return text.replaceAll(UNKNOWN_CELL, ' ');
}

/**
 * Returns how many bytes at the beginning of a log may be the rest of a character or of an escape sequence, if earlier bytes
 * are not there.
 */
export function cutBytes(bytes: Buffer): number {
  const at = bytes.subarray(0, MAX_CUT_BYTES).findIndex((byte) => CONTROLS.includes(byte));
  return Math.max(0, at);
}
