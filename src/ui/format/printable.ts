/**
 * Control characters and direction marks (Unicode, general category Cc and property Bidi_Control), as ranges: to name
 * the properties costs milliseconds when this file is loaded.
 */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNPRINTABLE = /(?!\n)[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

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

/**
 * Text for a notification, the prompt of an input box, or the name of a terminal (which stands in a tooltip). There VS
 * Code makes links of `[label](https:…)`, also of `command:…` and `file:…`, and runs that command at a click. It does
 * not find them with an invisible character (U+2060) between the brackets; nor icons, see `listText`.
 */
export function messageText(text: string): string {
  return printable(text).replaceAll(ICON, '$$\u2060').replaceAll('](', ']\u2060(');
}
