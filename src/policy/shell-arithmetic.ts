import type { Word, WordPart } from 'unbash';
import { valueOf } from './shell-words.ts';
import { isNumber, type Variables } from './variable-assignments.ts';

/** Stands for a part that is known only at run time. */
const UNKNOWN = '\0';

/** Checks a word that the shell calculates. @throws PolicyRefusal if it may contain a text */
export function calculate(word: Word, part: string, variables: Variables): void {
  calculateWord({ value: word.value, parts: word.parts }, part, variables);
}

/** Checks a piece of a formula. @throws PolicyRefusal if it may contain a text */
export function calculateWord(
  { value, parts }: { readonly value: string; readonly parts?: Word['parts'] },
  part: string,
  variables: Variables,
): void {
  if (parts === undefined) {
    variables.calculate(value, part);
    return;
  }
  const text = knownText(parts);
  // The shell joins `x$y` and `"x"y` to one name.
  variables.calculate(new RegExp(`[A-Za-z_]\\w*${UNKNOWN}`).test(text) ? undefined : text, part);
  for (const each of parts) calculatePart(each, part, variables);
}

/** Returns the parts that are written out, as the shell joins them. */
function knownText(parts: readonly WordPart[]): string {
  const texts = parts.map((each) => {
    if (each.type === 'Literal' || each.type === 'SingleQuoted') return each.value;
    if (each.type === 'DoubleQuoted') return knownText(each.parts);
    return each.type === 'Glob' ? each.text : UNKNOWN;
  });
  return texts.join('');
}

function calculatePart(each: WordPart, part: string, variables: Variables): void {
  switch (each.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'Glob':
    case 'ArithmeticExpansion':
      return;
    case 'DoubleQuoted':
      for (const child of each.parts) calculatePart(child, part, variables);
      return;
    case 'SimpleExpansion':
      // $#, $?, $$ and $! are numbers.
      if (!/^\$[#?$!]$/.test(each.text)) variables.calculate(nameIn(each.text.slice(1)), part);
      return;
    case 'ParameterExpansion':
      if (each.prefix === '#') return;
      variables.calculate(each.operation === undefined ? nameIn(each.parameter) : undefined, part);
      return;
    default:
      variables.calculate(undefined, part);
  }
}

/** Returns the name of a parameter; undefined for a positional parameter, which is a text. */
function nameIn(parameter: string): string | undefined {
  return /^[A-Za-z_]\w*$/.test(parameter) ? parameter : undefined;
}

/** Returns whether a word certainly becomes numbers or nothing. */
export function isNumeric(word: Word): boolean {
  const value = valueOf(word);
  if (value !== undefined || word.parts === undefined) return isNumber(value);
  return word.parts.every(
    ({ type, text }) =>
      type === 'ArithmeticExpansion' ||
      (type === 'BraceExpansion' && /^\{\d+\.\.\d+(\.\.\d+)?\}$/.test(text)) ||
      (type === 'SimpleExpansion' && /^\$[#?$!]$/.test(text)),
  );
}
