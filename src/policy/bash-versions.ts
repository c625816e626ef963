/**
 * Returns whether bash 3.2, the bash of macOS, finds the end of a substitution where newer versions find it. It counts
 * parentheses and quotes. It ignores here-documents and patterns of `case`, and some comments, so that it may run text
 * that newer versions do not run. This follows parse_matched_pair in its parse.y. It was never tested on a Mac.
 *
 * @param text `$(…)`, `<(…)` or `>(…)`
 */
export function endsForOldBash(text: string): boolean {
  return endOf(text, 2, ')') === text.length;
}

/** @returns the index after the closing character; -1 if there is none */
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
    // A nested part has no end: its index is -1, or -2 after the step back.
    if (at < 0) return -1;
  }
  return -1;
}
