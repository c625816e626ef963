/** Matches an incomplete escape sequence at the end of output, such as part of a color. C1 controls begin one, too. */
const OPEN_SEQUENCE =
  // eslint-disable-next-line no-control-regex -- escape sequences consist of control characters
  /(?:\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x18\x1a\x1b\x9c]*\x1b?|[ -/]*)|\x9b[0-?]*[ -/]*|[\x90\x98\x9d-\x9f][^\x07\x18\x1a\x1b\x9c]*\x1b?)$/;

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
