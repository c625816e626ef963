/**
 * Characters that end a line, move the cursor, change the direction of text or are invisible: control characters, the
 * separators of lines and paragraphs, direction marks and the byte order mark.
 */
// eslint-disable-next-line no-control-regex -- these are the characters to find
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Returns text as a JSON string on one line that contains no control or direction character. */
export function quote(text: string, maxLength = Infinity): string {
  return escapeControls(JSON.stringify(clip(text, maxLength)));
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
