/**
 * Control characters and direction marks: the Unicode category Cc and the property Bidi_Control. They are listed as
 * ranges since property names cost milliseconds when this file is loaded.
 */
// eslint-disable-next-line no-control-regex -- the expression looks for control characters
const UNPRINTABLE = /(?!\n)[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Replaces characters that could change how the rest of a text is displayed. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** Matches `$(name)`, which VS Code displays as an icon. */
const ICON = /\$(?=\([\w-]+(~[a-z]+)?\))/gi;

/**
 * Formats text for one line of a quick pick. An invisible character (U+2060) keeps `$(date)` from becoming an icon. A
 * backslash would do that as well, but VS Code's filter would not find the text.
 */
export function listText(text: string): string {
  return printable(text.replaceAll(/\s*\n\s*/g, ' ⏎ ')).replaceAll(ICON, '$$\u2060');
}

/**
 * Formats text for a notification, the prompt of an input box, or the name of a terminal, which appears in a tooltip.
 * VS Code turns `[label](https:…)` into a link there, also with `command:…` and `file:…`, and a click runs the command.
 * An invisible character (U+2060) between the brackets prevents that. Icons are prevented as in `listText`.
 */
export function messageText(text: string): string {
  return printable(text).replaceAll(ICON, '$$\u2060').replaceAll('](', ']\u2060(');
}
