import type { InspectedCommand } from './inspected-command.ts';
import { unclear } from './refusal.ts';
import { type Arg, isNumericWord, variableIn } from './shell-words.ts';
import { checkVariableName } from './variable-assignments.ts';

/** Checks `test` and `[`. Bash runs commands in a subscript behind the operators -v and -R. @throws PolicyRefusal */
export function inspectTest({ words, source, variables }: InspectedCommand): void {
  const args = words.slice(1, words.at(-1)?.value === ']' ? -1 : undefined);
  args.forEach((word, at) => {
    const next = args[at + 1];
    if (word.value === '-v' || word.value === '-R') {
      if (next !== undefined) checkVariableName(next.value, source);
      return;
    }
    if (word.value !== undefined || isNumericWord(word)) return;
    if (isSeveral(word)) {
      const name = variableIn(word);
      if (name === undefined)
        throw unclear(source, `${word.text} may be several words, and one of them an operator`, 'Quote it.');
      variables.readAsWord(name, word.text, 'Quote it.');
    }
    if (mayBeOperator(word) && next !== undefined && mayHaveSubscript(next))
      throw unclear(source, `${word.text} may be an operator for ${next.text}`, 'Write the operator.');
  });
}

/** Returns whether a word may become several, of which one is an operator. */
function isSeveral({ isSingle, isPattern, text }: Arg): boolean {
  if (isSingle) return false;
  return isPattern !== true || /^[-*?[\]!vR^]*$/.test(text);
}

function mayBeOperator({ beginning }: Arg): boolean {
  return /^-?$/.test(beginning);
}

function mayHaveSubscript(word: Arg): boolean {
  return word.value?.includes('[') ?? !isNumericWord(word);
}
