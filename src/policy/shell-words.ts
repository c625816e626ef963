import type { CommandArgument, DoubleQuotedChild, Word, WordPart } from 'unbash';

/** A word of a simple command. */
export interface Arg {
  /** The text that patterns see: the value if it is certain, else the word as written. */
  readonly text: string;
  /** The value that the program gets; undefined if it is known only at run time. */
  readonly value: string | undefined;
  /** The certain beginning of the value. */
  readonly beginning: string;
  /** Whether the word becomes exactly one word. An unquoted `$x` may become none or several. */
  readonly isSingle: boolean;
  /** Whether it becomes several words only by patterns for file names. Each begins with the certain beginning. */
  readonly isPattern?: boolean;
  /** Whether it is an assignment of a builtin such as `export`. Bash does not split its value into several words. */
  readonly isAssignment?: boolean;
  /** Whether it is `name=(…)`. `walk()` inspects the elements. */
  readonly isArray?: boolean;
}

export function certain(value: string): Arg {
  return { text: value, value, beginning: value, isSingle: true };
}

/** Returns a word of which the program that runs the command replaces a part, as `xargs -I` does. */
export function uncertain({ text }: Arg): Arg {
  return { text, value: undefined, beginning: '', isSingle: true };
}

/** Joins words with spaces, as a program does that passes them to a shell. */
export function joined(words: readonly Arg[]): Arg {
  const text = certain(words.map((word) => word.text).join(' '));
  return words.some(({ value }) => value === undefined) ? uncertain(text) : text;
}

/** Returns the program that a name stands for, in lower case because some file systems ignore the case. */
export function programOf(name: string): string {
  return name
    .slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
    .toLowerCase()
    .replace(/\.(exe|cmd|bat|com)$/, '');
}

export function argOf(node: CommandArgument): Arg {
  if (node.type === 'Assignment') {
    const { name, value, index, append } = node;
    const given =
      value.type === 'Word' && index === undefined && append !== true ? valueOf(value) : undefined;
    const text = given === undefined ? undefined : `${name}=${given}`;
    const isArray = value.type === 'ArrayValue';
    return {
      text: text ?? node.text,
      value: text,
      beginning: text ?? /^\w*\+?=?/.exec(node.text)?.[0] ?? '',
      // In bash, `export x=$y` has one word. In other shells, it may have several.
      isSingle: isArray || text !== undefined || valueOf(value) !== undefined || isSingle(value),
      isAssignment: true,
      isArray,
    };
  }
  const value = valueOf(node);
  const beginning = value ?? (node.text.startsWith('~') ? '' : beginningOf(node.parts ?? []));
  return {
    text: value ?? node.text,
    value,
    beginning,
    isSingle: value !== undefined || isSingle(node),
    isPattern: !node.text.startsWith('~') && isSingle(node, 'Glob'),
  };
}

/** Returns the name of the variable if a word is `$name`, with or without quotes. */
export function variableIn({ text }: Arg): string | undefined {
  const [, name, inBraces] = /^"?\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})"?$/.exec(text) ?? [];
  return name ?? inBraces;
}

/** Numbers: the status, a process, how many or how long something is, and arithmetic. */
const NUMBER = /^"?\$([?#$!]|\{[?#$!]\}|\{#[\w@*[\]]+\}|\(\(.*\)\))"?$/s;

/** Returns whether a word certainly becomes a number. */
export function isNumericWord({ text }: Arg): boolean {
  return NUMBER.test(text);
}

/** Returns whether all words that it becomes begin with its certain beginning. */
export function sharesBeginning({ isSingle, isPattern }: Arg): boolean {
  return isSingle || isPattern === true;
}

/** Returns the value of a word; undefined if it is known only at run time. */
export function valueOf({ text, value, parts }: Word): string | undefined {
  // A tilde stands for a folder or for itself, depending on the user.
  if (text.startsWith('~')) return undefined;
  return parts === undefined ? value : concatenated(parts.map(partValue));
}

function partValue(part: WordPart | DoubleQuotedChild): string | undefined {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
      return part.value;
    case 'AnsiCQuoted':
      // Shells and versions differ in escapes for bytes and control characters.
      return /^[\n\t\x20-\x7e]*$/.test(part.value) ? part.value : undefined;
    case 'DoubleQuoted':
      return concatenated(part.parts.map((child) => (child.type === 'Literal' ? child.value : undefined)));
    default:
      return undefined;
  }
}

function concatenated(values: readonly (string | undefined)[]): string | undefined {
  return values.includes(undefined) ? undefined : values.join('');
}

function beginningOf(parts: readonly (WordPart | DoubleQuotedChild)[]): string {
  let beginning = '';
  for (const part of parts) {
    const value = partValue(part);
    if (value === undefined) return beginning + (part.type === 'DoubleQuoted' ? beginningOf(part.parts) : '');
    beginning += value;
  }
  return beginning;
}

/** @param allowed a type of parts that do not count */
function isSingle({ parts = [] }: Word, allowed?: WordPart['type']): boolean {
  return parts.every((part) => {
    if (part.type === allowed) return true;
    // A command line cannot set IFS, which might split numbers.
    if (part.type === 'ArithmeticExpansion' || /^\$[#?$]$/.test(part.text)) return true;
    if (part.type !== 'DoubleQuoted') return partValue(part) !== undefined;
    // "$@", "${a[@]}", "${!a@}" and "${a@K}" become as many words as they hold.
    return part.parts.every((child) => child.type === 'Literal' || !child.text.includes('@'));
  });
}
