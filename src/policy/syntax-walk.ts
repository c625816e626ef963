import { forEachChild, parse, type Command, type SyntaxNode } from 'unbash';
import { checkNode } from './syntax-nodes.ts';
import { endsForOldBash } from './bash-versions.ts';
import { unclear } from './refusal.ts';
import type { Variables } from './variable-assignments.ts';
import { argOf, type Arg } from './shell-words.ts';

/** How a text is read: as bash does, or as any POSIX shell may. */
export type Dialect = 'bash' | 'posix';

/** A simple command as it stands in a command line. */
export interface SimpleCommand {
  /** Its name and its arguments; empty for one that only redirects. */
  readonly words: readonly Arg[];
  /** As it stands in the command line. */
  readonly source: string;
}

/** What is told of a command line. */
export interface Listener {
  readonly variables: Variables;
  /** The shell may be bash 3.2. */
  readonly mayBeOld: boolean;
  command(command: SimpleCommand): void;
}

/** What bash alone reads as syntax; another shell may read it as a command (`[[ a && b ]]`) or a text. */
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

/** What quotes as double quotes do; or may, as the words in ${x:-word} where bash writes a substitution anew. */
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
 * Words of the syntax, which behind a redirection are names of commands: but bash 5.2 writes a substitution anew before
 * it runs it, and makes `! probe >x` of `>x ! probe`.
 */
const RESERVED = new Set(
  '! { } [[ ]] if then else elif fi case esac for select while until do done in function coproc'.split(' '),
);

const SUBSTITUTIONS = new Set<SyntaxNode['type']>(['CommandExpansion', 'ProcessSubstitution']);

/**
 * Finds every simple command of a text, however deep, and every variable it sets.
 *
 * @throws PolicyRefusal for what cannot be read, or is known only when it runs
 */
export function walk(text: string, dialect: Dialect, listener: Listener): void {
  const { variables } = listener;
  checkContinuations(text);
  // Scripts in backquotes with escapes are read from a text of their own, in which their positions count.
  const visit = (node: SyntaxNode, source: string, isTest = false, isQuoted = false): void => {
    const part = 'pos' in node ? source.slice(node.pos, node.end) : '';
    if (listener.mayBeOld && SUBSTITUTIONS.has(node.type) && !part.startsWith('`') && !endsForOldBash(part)) {
      throw unclear(
        part,
        'bash 3.2 of macOS may see its end elsewhere',
        'Write it without # and parentheses in texts.',
      );
    }
    if (dialect === 'posix' && isBashOnly(node)) {
      throw unclear(part, 'shells other than bash read it differently', 'Write it in the form of POSIX.');
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
          throw unclear(part, `bash may read ${node.name?.text ?? ''} as a part of its syntax`, 'Quote it.');
        if (node.name !== undefined || node.redirects.length > 0) listener.command(simpleCommand(node, part));
        break;
      case 'TestCommand':
        forEachChild(node, (child) => visit(child, source, true));
        return;
      case 'ProcessSubstitution':
        // In "${x:-<('$(a)')}" it is a text, in which the quotes do not quote.
        if (isQuoted) throw unclear(part, 'it may not count as a substitution there');
        checkNode(node, part, isTest, variables);
        break;
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        // In "${x:-'$(a)'}", here-documents and formulas it depends on operator and shell whether these quote.
        if (isQuoted && /[$`]/.test(part.replace(/^\$/, '')))
          throw unclear(part, 'it may not count as quoted there');
        return;
      case 'ParameterExpansion':
        // In "${x:-'$"(a)'}" bash takes the inner quotes for ones that begin anew, and then `$(a)` for a substitution.
        if (isQuoted && (/\$["']/.test(part) || (part.includes("'") && part.includes('"'))))
          throw unclear(part, 'the quotes in it may begin and end elsewhere');
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
 * A shell takes a backslash and a line end away before it reads on, wherever they stand: amid `$(`, `&&`, or the word that
 * ends a here-document. The parser knows the most common places only. Between words nothing can be joined by it.
 *
 * @throws PolicyRefusal when it stands elsewhere
 */
function checkContinuations(text: string): void {
  for (let at = text.indexOf('\\\n'); at >= 0; at = text.indexOf('\\\n', at + 1)) {
    const before = text.charAt(at - 1);
    // Tabs before the end of a here-document may not count.
    const isBehindWord = before === ' ' || (before === '\t' && !text.includes('<<'));
    const isBeforeWord = /[\w./'"-]/.test(before) && /[ \t]/.test(text.charAt(at + 2));
    if (isBehindWord || isBeforeWord) continue;
    throw unclear(
      text.slice(Math.max(0, at - 20), at + 20),
      'a line that goes on amid a word may be read in two ways',
      'Put a blank before the backslash.',
    );
  }
}

function checkErrors(errors: readonly { message: string; pos: number }[] | undefined, source: string): void {
  const [error] = errors ?? [];
  if (error === undefined) return;
  throw unclear(
    source.slice(Math.max(0, error.pos - 20)) || source,
    `it is no command line that bash would read (${error.message})`,
    'Correct it.',
  );
}

function simpleCommand(node: Command, source: string): SimpleCommand {
  const words = node.name === undefined ? [] : [argOf(node.name), ...node.args.map(argOf)];
  return { words, source };
}
