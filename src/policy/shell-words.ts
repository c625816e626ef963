import type { CommandArgument, DoubleQuotedChild, Word, WordPart } from 'unbash';

/** A word of a simple command. */
export interface Arg {
  /** As patterns see it: without its quotes when it is certain, else as it stands in the command line. */
  readonly text: string;
  /** What the program gets; undefined when only the shell can tell. */
  readonly value: string | undefined;
  /** What the program gets begins with this for certain; empty when nothing of it is. */
  readonly beginning: string;
  /** Whether it is exactly one word in the end: an unquoted `$x` may be none or several. */
  readonly isSingle: boolean;
  /** `name=(…)`, of which walk() looks at the elements. */
  readonly isArray?: boolean;
}

export function certain(value: string): Arg {
  return { text: value, value, beginning: value, isSingle: true };
}

/** The same word when a part of it is put in by the program that runs it, as `xargs -I` does. */
export function uncertain({ text }: Arg): Arg {
  return { text, value: undefined, beginning: '', isSingle: true };
}

export function argOf(node: CommandArgument): Arg {
  if (node.type === 'Assignment') {
    const { name, value, index, append } = node;
    const given =
      value.type === 'Word' && index === undefined && append !== true ? valueOf(value) : undefined;
    const text = given === undefined ? undefined : `${name}=${given}`;
    // That `export x=$y` is one word is so in bash, and not in every sh.
    const isOne = value.type === 'ArrayValue' || valueOf(value) !== undefined || isSingle(value);
    const beginning = text ?? /^\w*\+?=?/.exec(node.text)?.[0] ?? '';
    const isArray = value.type === 'ArrayValue';
    return { text: text ?? node.text, value: text, beginning, isSingle: isOne, isArray };
  }
  const value = valueOf(node);
  const beginning = value ?? (node.text.startsWith('~') ? '' : beginningOf(node.parts ?? []));
  return { text: value ?? node.text, value, beginning, isSingle: value !== undefined || isSingle(node) };
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

/** What a word is, whatever happens when it runs; undefined when that depends. */
export function valueOf({ text, value, parts }: Word): string | undefined {
  // A tilde stands for a folder, or for nothing special: that depends on who runs it.
  if (text.startsWith('~')) return undefined;
  return parts === undefined ? value : joined(parts.map(partValue));
}

function partValue(part: WordPart | DoubleQuotedChild): string | undefined {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
      return part.value;
    case 'AnsiCQuoted':
      // Escapes for bytes and control characters are where shells and versions differ.
      return /^[\n\t\x20-\x7e]*$/.test(part.value) ? part.value : undefined;
    case 'DoubleQuoted':
      return joined(part.parts.map(literal));
    default:
      return undefined;
  }
}

function literal(child: DoubleQuotedChild): string | undefined {
  return child.type === 'Literal' ? child.value : undefined;
}

function joined(values: readonly (string | undefined)[]): string | undefined {
  return values.includes(undefined) ? undefined : values.join('');
}

function isSingle({ text, parts = [] }: Word): boolean {
  if (text.startsWith('~')) return true;
  return parts.every((part) => {
    if (part.type !== 'DoubleQuoted') return partValue(part) !== undefined;
    // "$@" and "${a[@]}" are as many words as they hold, "${!a@}" and "${a@K}" too.
    return part.parts.every((child) => child.type === 'Literal' || !child.text.includes('@'));
  });
}

/** The program that a name stands for. In lower case, as some file systems tell no difference. */
export function programOf(name: string): string {
  return name
    .slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
    .toLowerCase()
    .replace(/\.exe$/, '');
}
