/**
 * A line, or of a long one the part around a match, with a word on how long it is.
 *
 * @param at where the match begins, and `size` how much is shown, in UTF-16 code units
 */
export function excerpt(text: string, at: number, size: number): string {
  if (text.length <= size) return text;
  const from = wholeCharacter(text, Math.max(0, Math.min(at - (size >> 2), text.length - size)));
  const to = wholeCharacter(text, from + size);
  const [before, after] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
  return `${before}${text.slice(from, to)}${after}[the line has ${Buffer.byteLength(text)} bytes]`;
}

/** Not between the two halves of a surrogate pair. */
function wholeCharacter(text: string, index: number): number {
  return /^[\udc00-\udfff]$/.test(text.charAt(index)) ? index - 1 : index;
}
