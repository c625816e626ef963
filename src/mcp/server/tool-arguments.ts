import type { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import type { Tool } from '../shared/tool.ts';

/**
 * The arguments of a call, checked and with defaults filled in.
 *
 * @throws JobError that names every parameter that is wrong
 */
export function parseArguments(tool: Tool, given: unknown): Record<string, unknown> {
  const result = tool.parameters.safeParse(given ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => explain(issue, tool, given));
  throw new JobError(`${problems.join(' ')} Nothing was done. Correct it and call ${tool.name} again.`);
}

function explain(issue: z.core.$ZodIssue, tool: Tool, given: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys.map((key) => `"${key}"`).join(', ');
    const known = Object.keys(tool.parameters.shape).join(', ');
    return `There is no parameter ${unknown}. ${tool.name} takes: ${known}.`;
  }
  const path = issue.path.map(String).join('.');
  if (issue.code === 'invalid_union' && valueAt(given, issue.path) !== undefined) {
    return `The parameter "${path}" is wrong: ${unionProblem(issue.errors)}`;
  }
  if (valueAt(given, issue.path) === undefined) return `The parameter "${path}" is missing.`;
  return `The parameter "${path}" is wrong: ${sentence(issue.message)}`;
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  );
}

/** Of a value that may have one of several types: what is wrong with it as the one it seems to be meant as. */
function unionProblem(alternatives: readonly (readonly z.core.$ZodIssue[])[]): string {
  const first = alternatives.map((issues) => issues[0]).filter((issue) => issue !== undefined);
  const meant = first.find((issue) => issue.path.length > 0 || issue.code !== 'invalid_type');
  const problems = meant === undefined ? first : [meant];
  return `${problems.map(({ message }) => sentence(message).slice(0, -1)).join(', or ')}.`;
}

/** zod's messages begin with a kind and a colon, and have no full stop. */
function sentence(message: string): string {
  return `${message.replace(/^(Invalid input|Too small|Too big|Invalid option): /, '')}.`;
}
