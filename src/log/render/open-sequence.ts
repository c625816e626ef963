/** Matches an incomplete escape sequence at the end of output, such as part of a color. */
// eslint-disable-next-line no-control-regex -- escape sequences consist of control characters
const OPEN_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x18\x1a\x1b]*\x1b?|[ -/]*)$/;

/**
 * Splits off an incomplete sequence at the end of output, so that something can be written in between.
 *
 * @param maxLength a longer one is not split off
 */
export function splitOpenSequence(
  text: string,
  maxLength: number,
): readonly [complete: string, open: string] {
  const at = text.search(OPEN_SEQUENCE);
  return at < 0 || text.length - at > maxLength ? [text, ''] : [text.slice(0, at), text.slice(at)];
}
