import { forEachChild, parse, type ArrayValue, type Command, type SyntaxNode } from 'unbash';
import { calculate, calculateWord, isNumeric } from './calculation.ts';
import { endsForOldBash } from './old-bash.ts';
import { PolicyRefusal, shown, unclear } from './refusal.ts';
import type { Variables } from './variables.ts';
import { argOf, valueOf, type Arg } from './words.ts';

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

/** What quotes as double quotes do. */
const QUOTES = new Set<SyntaxNode['type']>([
  'DoubleQuoted',
  'LocaleString',
  'HereDocBody',
  'ArithmeticExpansion',
  'ArithmeticCommand',
  'ArithmeticFor',
]);

const SUBSTITUTIONS = new Set<SyntaxNode['type']>(['CommandExpansion', 'ProcessSubstitution']);

const ARITHMETIC_TESTS = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);

/**
 * Finds every simple command of a text, however deep, and every variable it sets.
 *
 * @throws PolicyRefusal for what cannot be read, or is known only when it runs
 */
export function walk(text: string, dialect: Dialect, listener: Listener): void {
  const { variables } = listener;
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
    if (dialect === 'posix' && BASH_ONLY.has(node.type)) {
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
        if (node.name !== undefined || node.redirects.length > 0) listener.command(simpleCommand(node, part));
        break;
      case 'TestCommand':
        forEachChild(node, (child) => visit(child, source, true));
        return;
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        // In "${x:-'$(a)'}", here-documents and formulas it depends on operator and shell whether these quote.
        if (isQuoted && /[$`]/.test(part.replace(/^\$/, '')))
          throw unclear(part, 'it may not count as quoted there');
        return;
      default:
        checkNode(node, part, isTest, variables);
    }
    forEachChild(node, (child) => visit(child, source, isTest, isQuoted || QUOTES.has(node.type)));
  };
  visit(parse(text), text);
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

/** What runs something, sets something or calculates without being a simple command. */
function checkNode(node: SyntaxNode, part: string, isTest: boolean, variables: Variables): void {
  switch (node.type) {
    case 'CommandExpansion':
    case 'ProcessSubstitution':
    case 'ArithmeticCommandExpansion':
      if (node.script === undefined) throw unclear(part, 'it cannot be read');
      return;
    case 'ArithmeticExpansion':
    case 'ArithmeticCommand':
      if (node.expression === undefined) throw unclear(part, 'it cannot be read');
      return;
    case 'Word':
      if (node.parts !== undefined) return;
      if (hasSubstitution(node.text) || (!isTest && hasSyntax(node.text)))
        throw unclear(part, 'it cannot be read');
      return;
    case 'HereDoc':
      if (node.closing === undefined) throw unclear(part, 'the here-document has no end', 'End it.');
      if (node.delimiter?.quoted !== false || node.body.parts !== undefined) return;
      if (hasSubstitution(node.body.text)) throw unclear(part, 'it cannot be read');
      return;
    case 'Literal':
      if (hasSubstitution(node.text)) throw unclear(part, 'it cannot be read');
      return;
    case 'ArithmeticWord':
      calculateWord(node, part, variables);
      return;
    case 'ExtendedGlob':
      // Only after `shopt -s extglob` is it a pattern outside of [[ ]], and that is decided when it runs.
      if (!isTest) throw unclear(part, 'it is a pattern or something else, depending on extglob');
      return;
    case 'Assignment':
      variables.set(node.name, node.value.type === 'Word' && isNumeric(node.value), part);
      if (node.index !== undefined) calculate(node.index, part, variables);
      if (node.value.type === 'ArrayValue') checkSubscripts(node.value, variables);
      if (node.index !== undefined || node.value.type === 'ArrayValue') variables.setArray(node.name);
      return;
    case 'For':
    case 'Select': {
      const numbers = node.wordlist?.every(isNumeric) ?? false;
      variables.set(valueOf(node.name) ?? '', numbers, part);
      return;
    }
    case 'Coproc':
      variables.set(node.name === undefined ? 'COPROC' : (valueOf(node.name) ?? ''), false, part);
      return;
    case 'FileDescriptorVariable':
      variables.set(node.name, true, part);
      return;
    case 'ParameterExpansion':
      checkExpansion(node, part, variables);
      return;
    case 'TestUnary':
      if (node.operator === '-v' || node.operator === '-R') checkVariableName(valueOf(node.operand), part);
      return;
    case 'TestBinary':
      if (!ARITHMETIC_TESTS.has(node.operator)) return;
      calculate(node.left, part, variables);
      calculate(node.right, part, variables);
      return;
    default:
  }
}

/** Those of `name=([subscript]=value …)`, which are no subscripts to the parser. */
function checkSubscripts({ elements }: ArrayValue, variables: Variables): void {
  for (const { text } of elements) {
    if (!text.startsWith('[')) continue;
    const subscript = /^\[([^\]"'\\$`]*)\]/.exec(text)?.[1];
    variables.calculate(subscript, text);
  }
}

/**
 * Whether there is a substitution in what the parser says is a plain text. It is not to be trusted alone: version 6.0.4
 * takes the value of `a=($(x))y` for a text.
 */
function hasSubstitution(text: string): boolean {
  return /`|\$[({[]/.test(withoutEscapes(text));
}

/** Whether there is what ends a word or quotes, in what the parser says is a plain word. */
function hasSyntax(text: string): boolean {
  return /[\s'"();&|<>]/.test(withoutEscapes(text));
}

function withoutEscapes(text: string): string {
  return text.replace(/\\[^]/g, '');
}

/** @throws PolicyRefusal when it may be more than a name: in a subscript, commands run */
export function checkVariableName(name: string | undefined, part: string): void {
  if (name === undefined || !/^\w+$/.test(name)) {
    throw unclear(part, 'which variable is meant is known only when it runs', 'Name a variable.');
  }
}

type ParameterExpansion = Extract<SyntaxNode, { type: 'ParameterExpansion' }>;

function checkExpansion(
  { parameter, prefix, index, operation }: ParameterExpansion,
  part: string,
  to: Variables,
) {
  const isList = index !== undefined && /^[@*]$/.test(index.text);
  if (prefix === '!' && !isList && operation?.type !== 'Names') {
    throw unclear(part, 'which variable is meant is known only when it runs', 'Name the variable itself.');
  }
  if (index !== undefined && !isList) calculate(index, part, to);
  switch (operation?.type) {
    case 'Unknown':
      throw unclear(part, 'it cannot be read');
    case 'Transform':
      if (!/^[QEAaUuLKk]$/.test(operation.operand.text)) {
        throw new PolicyRefusal(
          `The command policy refuses ${shown(part)}: it runs commands in the value. Leave it out.`,
        );
      }
      return;
    case 'Slice':
      calculate(operation.offset, part, to);
      if (operation.length !== undefined) calculate(operation.length, part, to);
      return;
    case 'Default':
      if (operation.operator.endsWith('=')) to.set(parameter, isNumeric(operation.operand), part);
      return;
    default:
  }
}
