/** Letters that are wide or narrow in the fonts of user interfaces. */
const WIDE =
  /[WMwm@%—…\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NARROW = /[iljtfrI.,:;'"|!()[\] ]/;

/** Returns how wide a character is, as a multiple of a usual one. */
function widthOf(character: string): number {
  if (WIDE.test(character)) return /[WMwm@%—…]/.test(character) ? 1.5 : 2;
  return NARROW.test(character) ? 0.6 : 1;
}

/** Cuts a text that is wider than this many usual characters, about. The mark of the cut counts. */
export function cutToWidth(text: string, maxWidth: number): string {
  let width = 0;
  let kept = '';
  let isCut = false;
  for (const character of text) {
    width += widthOf(character);
    if (width > maxWidth) {
      isCut = true;
      break;
    }
    if (width <= maxWidth - widthOf('…')) kept += character;
  }
  return isCut ? `${kept.trimEnd()}…` : text;
}
