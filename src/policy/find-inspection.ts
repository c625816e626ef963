import type { InspectedCommand } from './inspected-command.ts';
import { unclear } from './refusal.ts';
import { type Arg, sharesBeginning, uncertain } from './shell-words.ts';

const ACTION = /^-(exec|execdir|ok|okdir)$/;
/** Options of find (GNU, BSD, busybox) that take the next word as their value. Paths may follow. */
const VALUE_OPTIONS = /^-(D|[EHLPXdsx]*f)$/;
/** Tests and actions that take the next word as their value. */
const VALUES =
  /^-(i?name|i?path|i?wholename|i?lname|i?regex|regextype|x?type|size|perm|user|group|uid|gid|inum|links|fstype|samefile|newer[aBcm]?[aBcmt]?|anewer|cnewer|[aBcm](min|time)|used|maxdepth|mindepth|context|files0-from|printf|fprint0?|fls)$/;
const TWO_VALUES = /^-fprintf$/;
/** Options without a value. Paths may follow. */
const OPTIONS = /^(-([EHLPXdsx]+|O\d)|--)$/;
/** Tests, actions and operators without a value. In BSD, a number may follow -depth. */
const FLAGS =
  /^(-(a|and|o|or|not|print0?|ls|delete|prune|quit|empty|true|false|readable|writable|executable|mount|xdev|daystart|follow|noleaf|(no)?ignore_readdir_race|(no)?warn|nouser|nogroup)|[!(),])$/;

/**
 * What find may expect before a word: a path, an option or a test; a test; one or two values of a test; the value of an
 * option; or a word of the command that it runs. Several are possible behind a word that is known only at run time.
 */
type Expects = 'path' | 'test' | 'value' | 'two values' | 'option value' | 'command';

/** What may follow a word that is not a test. Behind the first test, find accepts no path. */
const BEHIND_VALUE: Readonly<Record<Expects, readonly Expects[]>> = {
  path: ['path'],
  test: [],
  value: ['test'],
  'two values': ['value'],
  'option value': ['path'],
  command: ['command'],
};
/** What may follow a word that may be any. */
const BEHIND_UNKNOWN: Readonly<Record<Expects, readonly Expects[]>> = {
  ...BEHIND_VALUE,
  path: ['path', 'test', 'value', 'two values', 'option value'],
  test: ['test', 'value', 'two values'],
};

/** Reports the commands in the arguments of find. @throws PolicyRefusal */
export function inspectFind(command: InspectedCommand): void {
  const { words, source, hasTail } = command;
  if (hasTail) throw unclear(source, 'the words that follow may make it run a command');
  let expected = new Set<Expects>(['path']);
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    const { value } = word;
    if (value !== undefined && ACTION.test(value) && mayBeTest(expected)) inspectAction(command, at);
    const next = new Set<Expects>();
    const add = (behind: readonly Expects[]): void => behind.forEach((each) => next.add(each));
    if (value === undefined) {
      const isUnknown = !isOnlyCommand(expected) && !isPath(word, command);
      if (isUnknown) checkUnknown(command, at, expected);
      else if (mayHoldAnother(word) && !isPath(word, command))
        throw unclear(source, `another command may follow ${word.text}`, 'Quote it.');
      for (const each of expected) add((isUnknown ? BEHIND_UNKNOWN : BEHIND_VALUE)[each]);
      // A pattern of file names may be two values, or no word at all after `shopt -s nullglob`.
      if (!word.isSingle) add([...expected, ...(expected.has('two values') ? (['test'] as const) : [])]);
    } else {
      for (const each of expected)
        add(each === 'path' || each === 'test' ? behindTest(value, each) : BEHIND_VALUE[each]);
    }
    if (expected.has('command') && mayEndCommand(words, at)) next.add('test');
    if (endsCommand(words, at)) next.delete('command');
    expected = next;
  }
}

function mayBeTest(expected: ReadonlySet<Expects>): boolean {
  return expected.has('path') || expected.has('test');
}

function isOnlyCommand(expected: ReadonlySet<Expects>): boolean {
  return expected.size === 1 && expected.has('command');
}

/** Returns what may follow a word in the place of a test, or of a path. */
function behindTest(word: string, place: 'path' | 'test'): readonly Expects[] {
  if (ACTION.test(word)) return ['command'];
  if (VALUE_OPTIONS.test(word)) return ['option value'];
  if (VALUES.test(word)) return ['value'];
  if (TWO_VALUES.test(word)) return ['two values'];
  if (OPTIONS.test(word)) return [place, 'test'];
  if (FLAGS.test(word)) return ['test'];
  return word.startsWith('-') ? [place, 'test', 'value'] : BEHIND_VALUE[place];
}

/** Reports the command behind an action. */
function inspectAction(command: InspectedCommand, at: number): void {
  const { words, source } = command;
  const length = words.slice(at + 1).findIndex((_, index) => endsCommand(words, at + 1 + index));
  const inner = words.slice(at + 1, length === -1 ? undefined : at + 1 + length);
  if (inner.length === 0) throw unclear(source, `${words[at]!.text} has no command`);
  command.runs(inner.map((word) => (word.text.includes('{') ? uncertain(word) : word)));
}

/** Returns whether a word certainly ends the command of an action. */
function endsCommand(words: readonly Arg[], at: number): boolean {
  const { value } = words[at]!;
  return value === ';' || (value === '+' && words[at - 1]?.value === '{}');
}

function mayEndCommand(words: readonly Arg[], at: number): boolean {
  const { value, beginning } = words[at]!;
  if (value === undefined) return /^[;+]?$/.test(beginning);
  return value === ';' || (value === '+' && mayBeBehindMark(words, at));
}

function mayBeBehindMark(words: readonly Arg[], at: number): boolean {
  let before = at - 1;
  // A pattern between them may be no word.
  while (words[before]?.isSingle === false) before--;
  const { value, beginning = '' } = words[before] ?? {};
  return value === '{}' || (value === undefined && /^(\{\}?)?$/.test(beginning));
}

/** Returns whether a word of a command may be several, of which one ends it. */
function mayHoldAnother(word: Arg): boolean {
  return !word.isSingle && !(sharesBeginning(word) && /^[^;+]/.test(word.beginning));
}

/** @throws PolicyRefusal if a word that is known only at run time may be an action, or hide one */
function checkUnknown({ words, source }: InspectedCommand, at: number, expected: ReadonlySet<Expects>): void {
  const { isSingle, text } = words[at]!;
  if (isSingle && !(mayBeTest(expected) && mayComplete(words, at, expected))) return;
  throw unclear(source, `${text} may make it run a command`, 'Start it with ./ and quote it.');
}

/** Returns whether a word that is known only at run time certainly is a path, or several. */
export function isPath(word: Arg, { source, variables }: InspectedCommand): boolean {
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
 * an error. A program whose name begins like an option is none that anyone denies. Behind an action, the same goes for
 * the file that find has found.
 */
function mayComplete(words: readonly Arg[], at: number, expected: ReadonlySet<Expects>): boolean {
  const [program, ...others] = words.slice(at + 1);
  if (program === undefined || /^[-!()]/.test(program.beginning)) return false;
  if (expected.has('command') && program.value === '{}') return false;
  return others.some(
    ({ value, beginning, isSingle }) =>
      value === ';' || value === '+' || (value === undefined && (!isSingle || /^[;+]?$/.test(beginning))),
  );
}
