import type { ArrayValue, SyntaxNode } from 'unbash';
import { refused, unclear } from './refusal.ts';
import { calculate, calculateWord, isNumeric } from './shell-arithmetic.ts';
import { valueOf } from './shell-words.ts';
import { checkVariableName, type Variables } from './variable-assignments.ts';

const ARITHMETIC_TESTS = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);

/**
 * Checks a node that runs, sets or calculates something and is not a simple command.
 *
 * @param part the node as written in the command line
 * @param isTest whether the node is in [[ ]]
 * @throws PolicyRefusal
 */
export function checkNode(node: SyntaxNode, part: string, isTest: boolean, variables: Variables): void {
  switch (node.type) {
    case 'CommandExpansion':
    case 'ProcessSubstitution':
      if (node.script === undefined) throw unclear(part, 'it cannot be read');
      return;
    case 'ArithmeticCommandExpansion':
      variables.calculate(undefined, part);
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
      // Outside of [[ ]], it is a pattern only after `shopt -s extglob`.
      if (!isTest) throw unclear(part, 'it depends on extglob whether it is a pattern');
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
    case 'Redirect':
      // After these operators, bash expands the target twice to find out whether it is a number.
      if (!/^([<>]&)$/.test(node.operator) || /^[\w./-]+$/.test((node.target && valueOf(node.target)) ?? ''))
        return;
      throw unclear(part, 'bash may run commands in the file name', 'Write &> and the name.');
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

/** Checks subscripts in `name=([subscript]=value …)`. The parser does not recognize them. */
function checkSubscripts({ elements }: ArrayValue, variables: Variables): void {
  for (const { text } of elements) {
    if (!text.startsWith('[')) continue;
    const subscript = /^\[([^\]"'\\$`]*)\]/.exec(text)?.[1];
    variables.calculate(subscript, text);
  }
}

/**
 * Returns whether a text that the parser considers plain contains a substitution. For example, version 6.0.4 considers
 * the value of `a=($(x))y` plain.
 */
function hasSubstitution(text: string): boolean {
  return /`|\$[({[]/.test(withoutEscapes(text));
}

/** Returns whether a word that the parser considers plain contains a quote or the end of a word. */
function hasSyntax(text: string): boolean {
  return /[\s'"();&|<>]/.test(withoutEscapes(text));
}

function withoutEscapes(text: string): string {
  return text.replace(/\\[^]/g, '');
}

type ParameterExpansion = Extract<SyntaxNode, { type: 'ParameterExpansion' }>;

function checkExpansion(
  { parameter, prefix, index, operation }: ParameterExpansion,
  part: string,
  variables: Variables,
): void {
  const isList = index !== undefined && /^[@*]$/.test(index.text);
  if (prefix === '!' && !isList && operation?.type !== 'Names') {
    throw unclear(part, 'the name of the variable is known only at run time', 'Name the variable itself.');
  }
  if (index !== undefined && !isList) calculate(index, part, variables);
  switch (operation?.type) {
    case 'Unknown':
      throw unclear(part, 'it cannot be read');
    case 'Transform':
      if (/^[QEAaUuLKk]$/.test(operation.operand.text)) return;
      throw refused(part, 'it runs commands in the value', 'Leave it out.');
    case 'Slice':
      calculate(operation.offset, part, variables);
      if (operation.length !== undefined) calculate(operation.length, part, variables);
      return;
    case 'Default':
      if (operation.operator.endsWith('=')) variables.set(parameter, isNumeric(operation.operand), part);
      return;
    default:
  }
}
