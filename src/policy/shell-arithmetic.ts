import type { Word } from 'unbash';
import { valueOf } from './shell-words.ts';
import { isNumber, type Variables } from './variable-assignments.ts';

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
  parts.forEach((each, at) => {
    calculatePart(each, part, variables);
    // The shell joins `x$y` and `x"1"` to one name.
    if (at < parts.length - 1 && each.type === 'Literal' && /[A-Za-z_]\w*$/.test(each.value)) {
      variables.calculate(undefined, part);
    }
  });
}

function calculatePart(each: NonNullable<Word['parts']>[number], part: string, variables: Variables): void {
  switch (each.type) {
    case 'Literal':
    case 'SingleQuoted':
      variables.calculate(each.value, part);
      return;
    case 'DoubleQuoted':
      for (const child of each.parts) calculatePart(child, part, variables);
      return;
    case 'Glob':
      variables.calculate(each.text, part);
      return;
    case 'SimpleExpansion':
      // $#, $?, $$ and $! are numbers.
      if (!/^\$[#?$!]$/.test(each.text)) variables.calculate(nameIn(each.text.slice(1)), part);
      return;
    case 'ParameterExpansion':
      if (each.prefix === '#') return;
      variables.calculate(each.operation === undefined ? nameIn(each.parameter) : undefined, part);
      return;
    case 'ArithmeticExpansion':
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
