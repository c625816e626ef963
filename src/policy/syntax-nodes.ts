import type { ArrayValue, SyntaxNode } from 'unbash';
import { calculate, calculateWord, isNumeric } from './shell-arithmetic.ts';
import { PolicyRefusal, shown, unclear } from './refusal.ts';
import type { Variables } from './variable-assignments.ts';
import { valueOf } from './shell-words.ts';

const ARITHMETIC_TESTS = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);

/**
 * What runs something, sets something or calculates without being a simple command.
 *
 * @param part the node as it stands in the command line
 * @param isTest whether it stands in [[ ]]
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
    case 'Redirect':
      // Behind these operators bash expands what it has already expanded, to see whether it is a number.
      if (!/^([<>]&)$/.test(node.operator) || /^[\w./-]+$/.test((node.target && valueOf(node.target)) ?? ''))
        return;
      throw unclear(part, 'bash may run commands in the name of the file', 'Write &> and the name.');
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
