import { isPath } from './find-inspection.ts';
import type { InspectedCommand } from './inspected-command.ts';
import { unclear } from './refusal.ts';
import { type Arg, uncertain } from './shell-words.ts';

const ACTION = /^(-x|-X|--exec|--exec-batch)$/;
/** An action behind other letters, or with the command in the same word. What follows a letter with a value is no action. */
const HIDDEN_ACTION = /^(-[xX].+|-[^-eEtScdjoC]+[xX].*|--exec(-batch)?=.*)$/s;

/** Options of fd that take the next word as their value. */
const VALUES =
  /^(-[^-eEtScdjoC]*[eEtScdjoC]|--(and|extension|exclude|type|max-?depth|min-?depth|exact-depth|size|changed-(within|before|after)|change-(newer|older)-than|newer|older|color|threads|owner|search-path|base-directory|max-results|max-buffer-time|batch-size|format|ignore-file|ignore-contain|path-separator))$/;

/** Reports the commands in the arguments of fd. @throws PolicyRefusal */
export function inspectFd(command: InspectedCommand): void {
  const { words, source, hasTail } = command;
  if (hasTail) throw unclear(source, 'the words that follow may make it run a command');
  for (let at = 1; at < words.length; at++) {
    const { value, text, isSingle } = words[at]!;
    if (value === undefined) {
      if (isPath(words[at]!, command)) continue;
      if (isSingle && isBehindDashes(words, at)) return;
      throw unclear(source, `${text} may make it run a command`, 'Start it with ./ and quote it.');
    }
    if (HIDDEN_ACTION.test(value))
      throw unclear(source, `${value} hides a command`, 'Separate -x and the command with spaces.');
    if (!ACTION.test(value)) {
      // Behind another option, it may be the value of that one.
      const takesValue = VALUES.test(value) && !VALUES.test(words[at - 1]?.value ?? '');
      const next = words[at + 1];
      if (takesValue && next?.value === undefined && next?.isSingle === true) at++;
      continue;
    }
    const length = words.slice(at + 1).findIndex((word) => word.value === ';');
    const end = length === -1 ? words.length : at + 1 + length;
    const inner = words.slice(at + 1, end);
    if (inner.length === 0) throw unclear(source, `${value} has no command`);
    const hidden = inner.find((word, index) => mayEnd(word, inner.slice(index + 1)));
    if (hidden !== undefined)
      throw unclear(source, `another command may follow ${hidden.text}`, 'Use several commands, and quotes.');
    command.runs(inner.map((word) => (word.text.includes('{') ? uncertain(word) : word)));
    at = end;
  }
}

/** Returns whether a word may be a semicolon, or contain one, and another action may follow. */
function mayEnd({ value, beginning, isSingle }: Arg, others: readonly Arg[]): boolean {
  if (value !== undefined) return false;
  return !isSingle || (/^;?$/.test(beginning) && others.some(mayBeAction));
}

function mayBeAction({ value, beginning }: Arg): boolean {
  if (value === undefined) return /^(-.*)?$/s.test(beginning);
  return ACTION.test(value) || HIDDEN_ACTION.test(value);
}

function isBehindDashes(words: readonly Arg[], at: number): boolean {
  // A pattern of file names before the dashes may be no word, and an option may be before it.
  const { value = '', isSingle = true } = words[at - 2] ?? {};
  return words[at - 1]?.value === '--' && isSingle && !VALUES.test(value);
}
