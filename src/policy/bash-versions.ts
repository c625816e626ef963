/**
 * Whether bash 3.2, the one that macOS brings, sees the end of a substitution where newer ones see it. It counts
 * parentheses and quotes, and knows neither here-documents nor patterns of `case` in there, nor always comments: what
 * newer ones read as a text may be commands to it (parse_matched_pair in its parse.y; written after the source, and
 * never tried on a Mac).
 *
 * @param text `$(…)`, `<(…)` or `>(…)`
 */
export function endsForOldBash(text: string): boolean {
  return endOf(text, 2, ')') === text.length;
}

/** @returns the index behind the character that closes; -1 when there is none */
function endOf(text: string, from: number, close: ')' | '"'): number {
  for (let at = from, depth = 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === close && --depth === 0) return at + 1;
    else if (char === '(' && close === ')') depth++;
    else if (char === "'" && close === ')') at = text.indexOf("'", at + 1);
    else if (char === '`') at = text.indexOf('`', at + 1);
    else if (char === '"') at = endOf(text, at + 1, '"') - 1;
    else if (char === '$' && text.charAt(at + 1) === '(' && close === '"') at = endOf(text, at + 2, ')') - 1;
    // Something in it has no end: -1, or -2 after the step back.
    if (at < 0) return -1;
  }
  return -1;
}
