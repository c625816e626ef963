import type { z } from 'zod';
import { quote } from '../../base/quoted-text.ts';

/** Characters of a path that a problem shows: the name of a variable can be of any length. */
const MAX_PATH_LENGTH = 100;

/** Explains in a sentence what is wrong with a value. @param whole what the value is, for a problem of all of it */
export function describeProblem(
  issue: z.core.$ZodIssue,
  given: unknown,
  whole = 'The arguments are',
): string {
  const path = issue.path.map(String).join('.');
  const value = valueAt(given, issue.path);
  const expected = issue.code === 'invalid_union' ? unionProblem(issue.errors) : sentence(issue.message);
  if (path === '') return value === undefined ? `${whole} missing.` : `${whole} wrong: ${expected}`;
  if (value === undefined) return `The parameter ${quote(path, MAX_PATH_LENGTH)} is missing.`;
  return `The parameter ${quote(path, MAX_PATH_LENGTH)} is wrong: ${expected}`;
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    given,
  );
}

/** Of a value that may have one of several types, explains what is wrong with it as the type that it seems to have. */
function unionProblem(alternatives: readonly (readonly z.core.$ZodIssue[])[]): string {
  const first = alternatives.map((issues) => issues[0]).filter((issue) => issue !== undefined);
  const meant = first.find((issue) => issue.path.length > 0 || issue.code !== 'invalid_type');
  const problems = meant === undefined ? first : [meant];
  return `${problems.map(({ message }) => sentence(message).slice(0, -1)).join(', or ')}.`;
}

/** Rewrites a message of zod, which begins with a kind and a colon, and has no full stop. */
function sentence(message: string): string {
  return `${message.replace(/^(Invalid input|Too small|Too big|Invalid option): /, '')}.`;
}
