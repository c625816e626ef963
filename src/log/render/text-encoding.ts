/** Encodings that use escape sequences of their own, or that only exist so that browsers refuse them. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['iso-2022-jp', 'replacement', 'x-user-defined']);

/**
 * Returns the name of an encoding of the Encoding Standard, such as `shift_jis` for "SJIS"; undefined if there is no
 * such encoding, or output cannot be read in it.
 */
export function encodingNamed(label: string): string | undefined {
  const plain = label.trim().toLowerCase();
  try {
    // Code pages are often named by their number.
    const { encoding } = new TextDecoder(ALIASES.get(plain.replaceAll(/[-_ ]/g, '')) ?? plain);
    return UNSUPPORTED.has(encoding) ? undefined : encoding;
  } catch {
    // A RangeError: the label is unknown.
    return undefined;
  }
}

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['cp936', 'gbk'],
  ['cp950', 'big5'],
  ['cp932', 'shift_jis'],
  ['cp949', 'euc-kr'],
  ['eucjp', 'euc-jp'],
  ['euckr', 'euc-kr'],
  ['utf16', 'utf-16le'],
  ['latin9', 'iso-8859-15'],
]);

/** In UTF-8, a C1 control is this byte and its code. No other character begins with the byte and such a code. */
export const C1_LEAD = 0xc2;

/** Returns true if output is in UTF-8, which is the default. */
export function isUtf8(encoding: string | undefined): encoding is 'utf-8' | undefined {
  return encoding === undefined || encoding === 'utf-8';
}

/** The encodings with two bytes a unit. A control character has two bytes in them, too. */
export type Utf16 = 'utf-16le' | 'utf-16be';

export function isUtf16(encoding: string | undefined): encoding is Utf16 {
  return encoding === 'utf-16le' || encoding === 'utf-16be';
}

/** Returns the encoding that a byte order mark of two bytes stands for. */
export function utf16OfMark(bytes: Uint8Array): Utf16 | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}
