/**
 * Characters that end a line, move the cursor, change the direction of text or are invisible: control characters, the
 * separators of lines and paragraphs, direction marks and the byte order mark.
 */
// eslint-disable-next-line no-control-regex -- these are the characters to find
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Longest text (UTF-16 code units) that is quoted whole: a caller can pass a text of any length. */
const MAX_QUOTED_LENGTH = 300;

/** Returns text as a JSON string on one line that contains no control or direction character. Long text is cut in the middle. */
export function quote(text: string, maxLength = MAX_QUOTED_LENGTH): string {
  return escapeControls(JSON.stringify(clipMiddle(text, maxLength)));
}

/** Cuts the middle of text that is longer than `maxLength` UTF-16 code units, the mark of the cut included. */
export function clipMiddle(text: string, maxLength = MAX_QUOTED_LENGTH): string {
  if (text.length <= maxLength) return text;
  const tail = text.slice(text.length - (maxLength >> 1));
  const head = clip(text, maxLength - tail.length);
  return `${head}${/^[\udc00-\udfff]/.test(tail) ? tail.slice(1) : tail}`;
}

/** Replaces control and direction characters by their escape sequences in JSON, so that the text is one line. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (character) => {
    return SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Cuts text after `maxLength` UTF-16 code units, the mark of the cut included, and never inside a character. */
export function clip(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
