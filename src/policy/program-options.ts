import type { InspectedCommand } from './inspected-command.ts';
import { unclear } from './refusal.ts';
import { type Arg, certain, sharesBeginning, uncertain } from './shell-words.ts';

/** The options that a program accepts. */
export interface Options {
  /** Whether an option takes a value, by letter or long name. */
  readonly takesValue: ReadonlyMap<string, boolean>;
  /** Other words that are options without a value. Before a subcommand, they make it unclear which word that is. */
  readonly other?: RegExp | undefined;
  /**
   * What the program accepts behind an option. A quoted word that is known only at run time is the first operand if
   * something else follows, as `npm` in `timeout "$T" npm`: behind an option, it would be an error.
   */
  readonly values?: RegExp;
  /** Words that begin with `+` are read like those that begin with `-`. */
  readonly hasPlus?: boolean;
}

/**
 * Declares options in the notation of getopt(3): `-ab:` stands for the letters a and b, of which b takes a value;
 * `color` and `depth=` for long names, of which depth takes a value; `[no-]color` for color and no-color.
 */
export function options(list: string, other?: RegExp): Options {
  const takesValue = new Map<string, boolean>();
  for (const token of list.split(/\s+/)) {
    if (token.startsWith('-')) {
      for (const [, letter, colon] of token.slice(1).matchAll(/(.)(:?)/g))
        takesValue.set(letter!, colon !== '');
    } else {
      const [, optional, name, equals] = /^(?:\[(.*)\])?(.*?)(=?)$/.exec(token)!;
      takesValue.set(name!, equals !== '');
      if (optional !== undefined) takesValue.set(optional + name!, equals !== '');
    }
  }
  return { takesValue, other };
}

export const NO_OPTIONS: Options = { takesValue: new Map() };

export interface ReadOptions {
  /** Index of the first word that is not an option. */
  readonly next: number;
  /** The values of each option, by letter or long name. The value of a flag is empty. */
  readonly given: ReadonlyMap<string, readonly Arg[]>;
}

type Given = Map<string, Arg[]>;

/**
 * Reads the options from an index on.
 *
 * @throws PolicyRefusal for an unknown option: the next word may be its value, or the command
 */
export function readOptions(
  { words, source }: Pick<InspectedCommand, 'words' | 'source'>,
  start: number,
  spec: Options,
): ReadOptions {
  const given: Given = new Map();
  let next = start;
  for (; next < words.length; next++) {
    const { value: word, text, beginning, isSingle } = words[next]!;
    if (word === undefined) {
      if (readAttached(words[next]!, spec, given)) continue;
      const following = words[next + 1]?.value;
      const isOperand = following !== undefined && spec.values?.test(following) === false;
      // A word that begins like a name or a path cannot be an option.
      if (!isSingle || !(isOperand || /^[\w./]/.test(beginning)))
        throw unclear(source, `${text} may be an option, or the command that it runs`);
      break;
    }
    if (word === '--') return { next: next + 1, given };
    if (spec.other?.test(word) === true) {
      add(given, word, '');
      continue;
    }
    const isOption = word.startsWith('-') || (spec.hasPlus === true && word.startsWith('+'));
    if (!isOption || word === '-') break;
    const takesNext = word.startsWith('--') ? readLong(word, spec, given) : readLetters(word, spec, given);
    if (takesNext === undefined)
      throw unclear(source, `the policy does not know the option ${word}`, 'Leave the option out.');
    if (takesNext === '') continue;
    const value = words[++next];
    if (value?.isSingle !== true) throw unclear(source, `the value of ${word} is known only at run time`);
    add(given, takesNext, value);
  }
  return { next, given };
}

/** Reads `--name="$x"`. The words of `--name=x/*` are all like this. @returns whether the word is such an option */
function readAttached(word: Arg, { takesValue }: Options, given: Given): boolean {
  const [whole = '', name = ''] = /^--([\w-]+)=/.exec(word.beginning) ?? [];
  if (!sharesBeginning(word) || takesValue.get(name) !== true) return false;
  add(given, name, { ...uncertain(word), beginning: word.beginning.slice(whole.length) });
  return true;
}

function add(given: Given, name: string, value: Arg | string): void {
  const values = given.get(name) ?? [];
  given.set(name, [...values, typeof value === 'string' ? certain(value) : value]);
}

/** @returns the option whose value is the next word; empty if there is none; undefined for an unknown option */
function readLong(word: string, { takesValue }: Options, given: Given): string | undefined {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (name.length < 2 || !takesValue.has(name)) return undefined;
  if (takesValue.get(name) === true && value === undefined) return name;
  add(given, name, value ?? '');
  return '';
}

/** Reads letters in one word. @returns the same as `readLong()` */
function readLetters(word: string, { takesValue }: Options, given: Given): string | undefined {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    if (!takesValue.has(letter)) return undefined;
    if (takesValue.get(letter) === true) {
      const rest = word.slice(at + 1);
      if (rest === '') return letter;
      add(given, letter, rest);
      return '';
    }
    add(given, letter, '');
  }
  return '';
}
