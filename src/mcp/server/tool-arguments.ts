import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import { readLeniently, type Schema } from '../shared/lenient-value.ts';
import { nearestName } from '../shared/nearest-name.ts';
import { describeProblem } from '../shared/schema-problems.ts';
import type { Tool } from '../shared/tool.ts';
import { isUnlisted } from '../shared/unlisted-parameter.ts';

/** Characters of an unknown name that an error shows. */
const MAX_NAME_LENGTH = 100;

const SCHEMAS = new WeakMap<Tool, Schema>();

/**
 * Returns the arguments of a call, validated and with defaults filled in.
 *
 * @throws JobError that names every parameter that is wrong
 */
export function parseArguments(tool: Tool, given: unknown): Record<string, unknown> {
  const read = readLeniently(given ?? {}, schemaOf(tool));
  const result = tool.parameters.safeParse(read);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => explain(issue, tool, read));
  throw new JobError(`${problems.join(' ')} Nothing was done. Correct it and call ${tool.name} again.`);
}

function schemaOf(tool: Tool): Schema {
  const known = SCHEMAS.get(tool);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(tool.parameters, { io: 'input' }) as Schema;
  SCHEMAS.set(tool, schema);
  return schema;
}

function explain(issue: z.core.$ZodIssue, tool: Tool, given: unknown): string {
  if (issue.code !== 'unrecognized_keys') return describeProblem(issue, given);
  const known = Object.entries(tool.parameters.shape)
    .filter(([, each]) => !isUnlisted(each as object))
    .map(([name]) => name);
  const problems = issue.keys.map((key) => {
    const nearest = nearestName(key, known);
    return `There is no parameter ${quote(key, MAX_NAME_LENGTH)}.${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`;
  });
  return `${problems.join(' ')} ${tool.name} takes: ${known.join(', ')}.`;
}
