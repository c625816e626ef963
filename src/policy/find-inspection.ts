import type { InspectedCommand } from './inspected-command.ts';
import { unclear } from './refusal.ts';
import { type Arg, programOf, sharesBeginning, uncertain } from './shell-words.ts';

const FIND_ACTION = /^-(exec|execdir|ok|okdir)$/;
const FD_ACTION = /^(-x|-X|--exec|--exec-batch)$/;

/** Tests and options of find (GNU, BSD, busybox) that take the next word as their value. */
const FIND_VALUES =
  /^-(i?name|i?path|i?wholename|i?lname|i?regex|regextype|x?type|size|perm|user|group|uid|gid|inum|links|fstype|samefile|newer[aBcm]?[aBcmt]?|anewer|cnewer|[aBcm](min|time)|used|maxdepth|mindepth|context|files0-from|printf|fprint0?|fls|D|[EHLPXdsx]*f)$/;
/** Words of find without a value. */
const FIND_FLAGS =
  /^(-(a|and|o|or|not|print0?|ls|delete|prune|quit|empty|true|false|readable|writable|executable|depth|mount|xdev|daystart|follow|noleaf|(no)?ignore_readdir_race|(no)?warn|nouser|nogroup|[EHLPXdsx]+|O\d)|--|[^-].*)$/s;

/** Options of fd that take the next word as their value. */
const FD_VALUES =
  /^(-[eEtdScjo]|--(extension|exclude|type|max-depth|min-depth|exact-depth|size|changed-within|changed-before|color|threads|owner|search-path|base-directory|max-results|ignore-file|path-separator))$/;

/** Reports the commands in the arguments of find and fd. @throws PolicyRefusal */
export function inspectFind(command: InspectedCommand): void {
  const { words, source, hasTail } = command;
  if (hasTail) throw unclear(source, 'the words that follow may make it run a command');
  const isFd = programOf(words[0]?.value ?? '') !== 'find' && programOf(words[0]?.value ?? '') !== 'gfind';
  const action = isFd ? FD_ACTION : FIND_ACTION;
  // Whether each word so far is certainly an option, a test, a value or a path.
  let isClear = true;
  for (let at = 1; at < words.length; at++) {
    const { value, text } = words[at]!;
    if (value === undefined) {
      if (isPath(words[at]!, command)) continue;
      const isArgument = isFd ? isBehindDashes(words, at) : !mayComplete(words, at);
      if (!words[at]!.isSingle || !isArgument)
        throw unclear(source, `${text} may make it run a command`, 'Start it with ./ and quote it.');
      if (isFd) return;
      isClear = false;
      continue;
    }
    if (isFd && /^(-[^-]*[xX].|--exec(-batch)?=)/.test(value))
      throw unclear(source, `${value} hides a command`, 'Separate -x and the command with spaces.');
    if (!action.test(value)) {
      const next = words[at + 1];
      // Behind another option, it may be the value of that one.
      const isValue = isFd && FD_VALUES.test(words[at - 1]?.value ?? '');
      const takesValue = !isValue && (isFd ? FD_VALUES : FIND_VALUES).test(value);
      if (!isFd && !takesValue && value !== '-fprintf') isClear &&= FIND_FLAGS.test(value);
      if (!isFd && value === '-fprintf') isClear = false;
      if (!isClear || !takesValue || next === undefined) continue;
      // Another word than an action cannot be one behind a test.
      if (next.value === undefined ? next.isSingle : !isFd && !action.test(next.value)) at++;
      continue;
    }
    const end = endOfAction(words, at, isFd);
    const inner = words.slice(at + 1, end === -1 ? undefined : end);
    if (inner.length === 0) throw unclear(source, `${value} has no command`);
    // It may be a semicolon.
    const unknown = inner.findIndex((word) => word.value === undefined && /^;?$/.test(word.beginning));
    if (!isFd && unknown !== -1 && inner.slice(unknown).some((word) => action.test(word.value ?? '')))
      throw unclear(source, `another command may follow ${inner[unknown]!.text}`, 'Use several commands.');
    command.runs(inner.map((word) => (word.text.includes('{') ? uncertain(word) : word)));
    if (end === -1) return;
    at = end;
  }
}

/** Returns the index of the word that ends an action; -1 if there is none. */
function endOfAction(words: readonly Arg[], start: number, isFd: boolean): number {
  for (let at = start + 1; at < words.length; at++) {
    const { value } = words[at]!;
    if (value === ';' || (!isFd && value === '+' && words[at - 1]?.text === '{}')) return at;
  }
  return -1;
}

function isBehindDashes(words: readonly Arg[], at: number): boolean {
  return words[at - 1]?.value === '--' && !FD_VALUES.test(words[at - 2]?.value ?? '');
}

/** Returns whether a word that is known only at run time certainly is a path, or several. */
function isPath(word: Arg, { source, variables }: InspectedCommand): boolean {
  if (sharesBeginning(word) && /^[\w./]/.test(word.beginning)) return true;
  // A command line cannot set HOME.
  if (/^(~|"?\$(HOME|\{HOME\})"?)(\/[\w./*?-]*)?$/.test(word.text)) return true;
  if (/^("?\$HOME|"?\$\{HOME\}|~)\//.test(word.text) && word.isSingle) return true;
  if (!/^"\$(PWD|\{PWD\})/.test(word.text) || !word.isSingle) return false;
  variables.relyOn('PWD', source);
  return true;
}

/**
 * Returns whether a quoted word can be an action such as `-exec` that the words behind it complete. Alone, it would be
 * an error. A program whose name begins like an option is none that anyone denies.
 */
function mayComplete(words: readonly Arg[], at: number): boolean {
  const [program, ...others] = words.slice(at + 1);
  if (program === undefined || /^[-!()]/.test(program.beginning)) return false;
  return others.some(
    ({ value, beginning, isSingle }) =>
      value === ';' || value === '+' || (value === undefined && (!isSingle || /^[;+]?$/.test(beginning))),
  );
}
