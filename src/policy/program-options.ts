import { unclear } from './refusal.ts';
import { certain, type Arg } from './shell-words.ts';

/** The options of a program that runs another one. */
export interface OptionSpec {
  /** Letters without a value. */
  readonly flags?: string;
  /** Letters with one, attached or in the next word. */
  readonly values?: string;
  /** Long names without a value, or with one after "=". */
  readonly long?: readonly string[];
  /** Long names with a value after "=" or in the next word. */
  readonly longValues?: readonly string[];
  /** Words of another form that are options without a value. */
  readonly other?: RegExp;
}

/** Names of options: blanks part them. */
export function names(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}

/** The same, and each with `no-` before it. */
export function withNo(...lines: readonly string[]): string[] {
  return names(...lines).flatMap((name) => [name, `no-${name}`]);
}

export interface ReadOptions {
  /** Index of the first word that is no option. */
  readonly next: number;
  /** The values that were given, by letter or long name. A flag has an empty one. */
  readonly given: ReadonlyMap<string, readonly Arg[]>;
  /** Whether `--` stands before it: no option follows. */
  readonly isEnded: boolean;
}

type Given = Map<string, Arg[]>;

const EMPTY = certain('');

function add(given: Given, name: string, value: Arg): void {
  given.set(name, [...(given.get(name) ?? []), value]);
}

/**
 * Passes over the options at the beginning of some words.
 *
 * @throws PolicyRefusal for one that is not known: what follows it might be its value, or the command
 */
export function readOptions(
  words: readonly Arg[],
  start: number,
  spec: OptionSpec,
  source: string,
): ReadOptions {
  const given: Given = new Map();
  let next = start;
  for (; next < words.length; next++) {
    const { value: word, beginning, isSingle } = words[next]!;
    if (word === undefined) {
      // What begins like a name, or is an operand for certain, is no option.
      if (isSingle && /^[\w./]/.test(beginning)) break;
      throw unclear(source, `${words[next]!.text} may be an option, or the command that it runs`);
    }
    if (word === '--') return { next: next + 1, given, isEnded: true };
    if (spec.other?.test(word) === true) {
      add(given, word, EMPTY);
      continue;
    }
    if (!word.startsWith('-') || word === '-') break;
    const takesNext = word.startsWith('--') ? readLong(word, spec, given) : readShort(word, spec, given);
    if (takesNext === undefined) {
      throw unclear(source, `the option ${word} is not known to the policy`, 'Leave the option out.');
    }
    if (takesNext === '') continue;
    next++;
    const value = words[next];
    if (value?.isSingle !== true) throw unclear(source, `what ${word} is given is known only when it runs`);
    add(given, takesNext, value);
  }
  return { next, given, isEnded: false };
}

/** The same where options also stand behind operands. @throws PolicyRefusal */
export function readScattered(
  words: readonly Arg[],
  start: number,
  spec: OptionSpec,
  source: string,
): ReadOptions {
  const all: Given = new Map();
  let at = start;
  for (;;) {
    const { next, given, isEnded } = readOptions(words, at, spec, source);
    for (const [name, values] of given) for (const value of values) add(all, name, value);
    if (isEnded || next >= words.length) return { next, given: all, isEnded };
    at = next + 1;
  }
}

/** @returns the name of an option whose value is the next word; empty when there is none; undefined when unknown */
function readLong(word: string, spec: OptionSpec, given: Given): string | undefined {
  const [, name = '', equals, text = ''] = /^--([^=]*)(=)?(.*)$/s.exec(word) ?? [];
  const hasValue = spec.longValues?.includes(name) === true;
  if (!hasValue && spec.long?.includes(name) !== true) return undefined;
  if (hasValue && equals === undefined) return name;
  add(given, name, certain(text));
  return '';
}

function readShort(word: string, spec: OptionSpec, given: Given): string | undefined {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    if (spec.values?.includes(letter) === true) {
      const rest = word.slice(at + 1);
      if (rest === '') return letter;
      add(given, letter, certain(rest));
      return '';
    }
    if (spec.flags?.includes(letter) !== true) return undefined;
    add(given, letter, EMPTY);
  }
  return '';
}
