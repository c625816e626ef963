/**
 * Characters that take two columns: those that are East Asian wide (Unicode Standard Annex 11), in ranges that
 * leave gaps of unassigned characters out of account, and those that are shown as emoji.
 */
const WIDE = String.raw`[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}`;
/** Half a flag takes one column on most terminals. */
const FLAG_LETTER = /[\u{1f1e6}-\u{1f1ff}]/u;
/** Marks that stand on the character before them, and what has no shape of its own. */
const ZERO = String.raw`[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]`;
const SOFT_HYPHEN = '\u00ad';

/** The width of a code unit plus one, once it is known: a progress bar asks for the same few again and again. */
const known = new Uint8Array(0x10000);

/** Columns that a character takes on a terminal. */
export function widthOf(character: string): 0 | 1 | 2 {
  if (character < '\u0300') return 1;
  if (character.length > 1) return compute(character);
  const code = character.charCodeAt(0);
  const width = known[code] ? known[code] - 1 : compute(character);
  known[code] = width + 1;
  return width as 0 | 1 | 2;
}

/** Made at their first use: a literal with such properties costs milliseconds when its file is loaded. */
let patterns: { readonly wide: RegExp; readonly zero: RegExp } | undefined;

function compute(character: string): 0 | 1 | 2 {
  patterns ??= { wide: new RegExp(WIDE, 'u'), zero: new RegExp(ZERO, 'u') };
  if (patterns.zero.test(character) && character !== SOFT_HYPHEN) return 0;
  return patterns.wide.test(character) && !FLAG_LETTER.test(character) ? 2 : 1;
}
