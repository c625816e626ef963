import { type Command, forEachChild, parse, type SyntaxNode } from 'unbash';
import { endsForOldBash } from './bash-versions.ts';
import { unclear } from './refusal.ts';
import { type Arg, argOf, certain } from './shell-words.ts';
import { checkNode } from './syntax-nodes.ts';
import type { Variables } from './variable-assignments.ts';

/** The language of a command line: that of bash, or of any POSIX shell. */
export type Dialect = 'bash' | 'posix';

/** A simple command as written in a command line. */
export interface SimpleCommand {
  /** The name and the arguments. A command that only redirects has none. */
  readonly words: readonly Arg[];
  /** The text in the command line. */
  readonly source: string;
}

/** Receives the contents of a command line. */
export interface Listener {
  readonly variables: Variables;
  /** Whether the shell may be bash 3.2. */
  readonly mayBeOldBash: boolean;
  readonly onCommand: (command: SimpleCommand) => void;
}

/** Syntax of bash. Another shell may read it as a command (`[[ a && b ]]`) or as a text. */
const BASH_ONLY = new Set<SyntaxNode['type']>([
  'TestCommand',
  'ArithmeticCommand',
  'ArithmeticFor',
  'Select',
  'Coproc',
  'AnsiCQuoted',
  'LocaleString',
  'ProcessSubstitution',
  'ArrayValue',
  'HereString',
  'FileDescriptorVariable',
]);

function isBashOnly(node: SyntaxNode): boolean {
  return (
    BASH_ONLY.has(node.type) ||
    (node.type === 'Redirect' && node.operator.startsWith('&')) ||
    (node.type === 'ArithmeticExpansion' && node.text.startsWith('$['))
  );
}

/** Nodes that quote like double quotes, or may: bash rewrites substitutions before it runs the word in ${x:-word}. */
const QUOTES = new Set<SyntaxNode['type']>([
  'DoubleQuoted',
  'LocaleString',
  'HereDocBody',
  'ParameterExpansion',
  'ArithmeticExpansion',
  'ArithmeticCommand',
  'ArithmeticFor',
]);

/**
 * Reserved words. After a redirection they are names of commands, but bash 5.2 rewrites a substitution before it runs
 * it, and turns `>x ! probe` into `! probe >x`.
 */
const RESERVED = new Set(
  '! { } [[ ]] if then else elif fi case esac for select while until do done in function coproc'.split(' '),
);

const SUBSTITUTIONS = new Set<SyntaxNode['type']>(['CommandExpansion', 'ProcessSubstitution']);

/**
 * Finds every simple command in a command line, and every variable that it sets.
 *
 * @throws PolicyRefusal if something cannot be read or is known only at run time
 */
export function walk(text: string, dialect: Dialect, listener: Listener): void {
  const { variables } = listener;
  checkContinuations(text);
  const timed = new Set<SyntaxNode>();
  // The positions in a script in backquotes with escapes refer to a text of its own.
  const visit = (node: SyntaxNode, source: string, isTest = false, isQuoted = false): void => {
    const part = 'pos' in node ? source.slice(node.pos, node.end) : '';
    if (
      listener.mayBeOldBash &&
      SUBSTITUTIONS.has(node.type) &&
      !part.startsWith('`') &&
      !endsForOldBash(part)
    ) {
      throw unclear(
        part,
        'bash 3.2 of macOS may find its end elsewhere',
        'Write it without # and without parentheses in texts.',
      );
    }
    if (dialect === 'posix' && isBashOnly(node)) {
      throw unclear(part, 'shells other than bash read it differently', 'Use the POSIX syntax.');
    }
    switch (node.type) {
      case 'Script':
        checkErrors(node.errors, node.source ?? source);
        forEachChild(node, (child) => visit(child, node.source ?? source));
        return;
      case 'CompoundList':
        forEachChild(node, (child) => visit(child, source));
        return;
      case 'Command':
        if (RESERVED.has(node.name?.text ?? ''))
          throw unclear(part, `bash may read ${node.name?.text ?? ''} as a reserved word`, 'Quote it.');
        if (node.name !== undefined || node.redirects.length > 0)
          listener.onCommand(timed.has(node) ? timedCommand(node, part) : simpleCommand(node, part));
        break;
      case 'Pipeline':
        if (node.prefixes.some(({ type }) => type === 'Time') && node.commands[0] !== undefined)
          timed.add(node.commands[0]);
        break;
      case 'TestCommand':
        forEachChild(node, (child) => visit(child, source, true));
        return;
      case 'ProcessSubstitution':
        // In "${x:-<('$(a)')}", it is a text, and the quotes in it do not quote.
        if (isQuoted) throw unclear(part, 'it may not be a substitution there');
        checkNode(node, part, isTest, variables);
        break;
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        // In "${x:-'$(a)'}", here-documents and formulas, it depends on the operator and the shell whether these quote.
        if (isQuoted && /[$`]/.test(part.replace(/^\$/, '')))
          throw unclear(part, 'it may not be quoted there');
        return;
      case 'ParameterExpansion':
        // In "${x:-'$"(a)'}", bash lets the inner quote start a new text, and takes `$(a)` for a substitution.
        if (isQuoted && (/\$["']/.test(part) || (part.includes("'") && part.includes('"'))))
          throw unclear(part, 'its quotes may begin and end elsewhere');
        checkNode(node, part, isTest, variables);
        break;
      default:
        checkNode(node, part, isTest, variables);
    }
    forEachChild(node, (child) => visit(child, source, isTest, isQuoted || QUOTES.has(node.type)));
  };
  visit(parse(text), text);
}

/**
 * Checks that each backslash before a line end is between words. A shell removes both everywhere, also in `$(`, `&&` and
 * the word that ends a here-document. The parser does so only in the most common places.
 *
 * @throws PolicyRefusal
 */
function checkContinuations(text: string): void {
  for (let at = text.indexOf('\\\n'); at >= 0; at = text.indexOf('\\\n', at + 1)) {
    const before = text.charAt(at - 1);
    // A here-document may ignore tabs before its end.
    const isAfterWord = before === ' ' || (before === '\t' && !text.includes('<<'));
    const isBeforeWord = /[\w./'"-]/.test(before) && /[ \t]/.test(text.charAt(at + 2));
    if (isAfterWord || isBeforeWord) continue;
    throw unclear(
      text.slice(Math.max(0, at - 20), at + 20),
      'a line that continues in the middle of a word is ambiguous',
      'Put a space before the backslash.',
    );
  }
}

function checkErrors(errors: readonly { message: string; pos: number }[] | undefined, source: string): void {
  const [error] = errors ?? [];
  if (error === undefined) return;
  throw unclear(
    source.slice(Math.max(0, error.pos - 20)) || source,
    `it is not a command line that bash accepts (${error.message})`,
    'Correct it.',
  );
}

function simpleCommand(node: Command, source: string): SimpleCommand {
  const words = node.name === undefined ? [] : [argOf(node.name), ...node.args.map(argOf)];
  return { words, source };
}

/**
 * Reads the command behind the reserved word `time`. With an option other than -p, `time` is a program in other shells and
 * in bash's POSIX mode.
 */
function timedCommand(node: Command, source: string): SimpleCommand {
  const command = simpleCommand(node, source);
  if (command.words[0]?.beginning.startsWith('-') !== true) return command;
  return { words: [certain('time'), ...command.words], source: `time ${source}` };
}
