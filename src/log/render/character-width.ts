import { eastAsianWidth } from 'get-east-asian-width';

/** Marks that join the character before them, and characters without a shape of their own. */
const ZERO_WIDTH = String.raw`[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]`;
const SOFT_HYPHEN = '\u00ad';

/** The width of each code unit plus one, once it is known. A progress bar needs the same few again and again. */
const knownWidths = new Uint8Array(0x10000);

/** Returns the columns that a character takes on a terminal. Half a flag takes one on most. */
export function widthOf(character: string): 0 | 1 | 2 {
  if (character < '\u0300') return 1;
  if (character.length > 1) return computeWidth(character);
  const code = character.charCodeAt(0);
  const width = knownWidths[code] ? knownWidths[code] - 1 : computeWidth(character);
  knownWidths[code] = width + 1;
  return width as 0 | 1 | 2;
}

/** Compiled at its first use. A literal with such properties costs milliseconds when its file is loaded. */
let zeroWidth: RegExp | undefined;

function computeWidth(character: string): 0 | 1 | 2 {
  zeroWidth ??= new RegExp(ZERO_WIDTH, 'u');
  if (zeroWidth.test(character) && character !== SOFT_HYPHEN) return 0;
  return eastAsianWidth(character.codePointAt(0) as number);
}
