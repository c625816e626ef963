import type { z } from 'zod';
import { quote } from '../../base/quoted-text.ts';

type Issue = z.core.$ZodIssue;

/** Characters of a path that a problem shows: the name of a variable can be of any length. */
const MAX_PATH_LENGTH = 100;

/** What to pass, by the type that the schema expects. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Explains in a sentence what is wrong with a value. @param whole what the value is, for a problem of all of it */
export function describeProblem(issue: Issue, given: unknown, whole = 'The arguments are'): string {
  const path = issue.path.map(String).join('.');
  const value = valueAt(given, issue.path);
  const wanted = `${issue.code === 'invalid_union' ? unionProblem(issue.errors, value) : remedyFor(issue, value)}.`;
  if (path === '') return value === undefined ? `${whole} missing.` : `${whole} wrong: ${wanted}`;
  if (value === undefined) return `The parameter ${quote(path, MAX_PATH_LENGTH)} is missing.`;
  return `The parameter ${quote(path, MAX_PATH_LENGTH)} is wrong: ${wanted}`;
}

/** Returns one problem of each value: a number beyond all bounds breaks two rules. */
export function withoutRepetition(issues: readonly Issue[]): Issue[] {
  return [...new Map(issues.map((issue) => [`${issue.code} ${issue.path.join('.')}`, issue])).values()];
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    given,
  );
}

/** Of a value that may have one of several types, explains what is wrong with it as the type that it seems to have. */
function unionProblem(alternatives: readonly (readonly Issue[])[], value: unknown): string {
  const first = alternatives.map((issues) => issues[0]).filter((issue) => issue !== undefined);
  const meant = first.find((issue) => issue.path.length > 0 || issue.code !== 'invalid_type');
  if (meant !== undefined) return remedyFor(meant, valueAt(value, meant.path));
  const expected = first.flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : []));
  return wantedType([...new Set(expected)], value);
}

/** Says what to pass. It does not repeat the value, which may be long or secret. */
function remedyFor(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return wantedType([issue.expected], value);
    case 'invalid_value':
      return `pass ${alternatives(issue.values.map((each) => JSON.stringify(each)))}`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue, value);
    default:
      return issue.message.replace(/\.$/, '');
  }
}

function wantedType(expected: readonly string[], value: unknown): string {
  const types = expected.map((type) => TYPES[type] ?? `a value of the type ${type}`);
  // A number can be of the right type and still be wrong, such as 1.5.
  const isNumber = typeof value === 'number' && expected.some((type) => type === 'int' || type === 'number');
  return `pass ${types.join(' or ')}${isNumber ? '' : kindOf(value)}`;
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string') return minimum === 1 ? 'it is empty' : `pass at least ${minimum} characters`;
  if (origin === 'array')
    return minimum === 1 ? 'the list is empty; pass at least one value' : `pass at least ${minimum} values`;
  return inclusive === false ? `pass more than ${minimum}` : `pass ${minimum} or more`;
}

function tooBig({ origin, maximum }: z.core.$ZodIssueTooBig, value: unknown): string {
  const { length } = value as { readonly length: number };
  if (origin === 'string') return `it has ${length} characters; pass at most ${maximum}`;
  if (origin === 'array') return `the list has ${length} values; pass at most ${maximum}`;
  return `pass ${maximum} or less`;
}

function kindOf(value: unknown): string {
  if (value === null) return ', not null';
  if (Array.isArray(value)) return ', not a list';
  const kinds: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    boolean: 'true or false',
    object: 'an object',
  };
  const kind = kinds[typeof value];
  return kind === undefined ? '' : `, not ${kind}`;
}

function alternatives(values: readonly string[]): string {
  const last = values.at(-1) ?? '';
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} or ${last}`;
}
