/** Control characters and direction marks (Unicode, general category Cc and property Bidi_Control). */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Bidi_Control}]/gu;

/** Text from a job in a form that cannot make a row say something else. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** `$(name)`, which VS Code draws as an icon. */
const ICON = /\$(?=\([\w-]+(~[a-z]+)?\))/gi;

/**
 * Text on one line of a list of VS Code. An invisible character (U+2060) keeps `$(date)` from being an icon; escaped
 * with a backslash, VS Code shows it as it is but does not find it.
 */
export function listText(text: string): string {
  return printable(text.replaceAll(/\s*\n\s*/g, ' ⏎ ')).replaceAll(ICON, '$$\u2060');
}
