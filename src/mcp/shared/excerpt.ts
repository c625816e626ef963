/** What is known of a line of which only a part is given. */
interface LongLine {
  /** Bytes that are known. */
  readonly bytes: number;
  /** Whether that is all of the line. */
  readonly isWhole: boolean;
}

/**
 * Returns a line, or the part of a long one around a match, with the length of the line.
 *
 * @param at where the match begins, in UTF-16 code units
 * @param long set if the text is a part of a long line
 * @param size how much of the line to show, in UTF-16 code units
 */
export function excerpt(text: string, at: number, size: number, long?: LongLine): string {
  if (text.length <= size && long === undefined) return text;
  const from = wholeCharacter(text, Math.max(0, Math.min(at - (size >> 2), text.length - size)));
  const to = wholeCharacter(text, from + size);
  const [before, after] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
  return `${before}${text.slice(from, to)}${after}[the line has ${long?.isWhole === false ? 'more than ' : ''}${long?.bytes ?? Buffer.byteLength(text)} bytes]`;
}

/** Moves an index between the two halves of a surrogate pair to the beginning of the pair. */
function wholeCharacter(text: string, index: number): number {
  return /^[\udc00-\udfff]$/.test(text.charAt(index)) ? index - 1 : index;
}
