import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import { readLeniently, type Schema } from '../shared/lenient-value.ts';
import { listedShape } from '../shared/listed-parameters.ts';
import { nearestName } from '../shared/nearest-name.ts';
import { describeProblem, withoutRepetition } from '../shared/schema-problems.ts';
import type { Tool } from '../shared/tool.ts';

/** Characters of an unknown name that an error shows. */
const MAX_NAME_LENGTH = 100;

const SCHEMAS = new WeakMap<Tool, Schema>();

const ANY_OBJECT: Schema = { type: 'object' };

interface ToolArguments {
  /** Validated, with defaults filled in. */
  readonly args: Record<string, unknown>;
  /** Sentences for the caller about old names of parameters. */
  readonly notes: readonly string[];
}

/**
 * Reads the arguments of a call.
 *
 * @throws JobError that names every parameter that is wrong
 */
export function parseArguments(tool: Tool, given: unknown): ToolArguments {
  const { named, notes, problems } = withPresentNames(tool, readLeniently(given ?? {}, ANY_OBJECT));
  const read = readLeniently(named, schemaOf(tool));
  const result = tool.parameters.safeParse(read);
  if (!result.success)
    problems.push(...withoutRepetition(result.error.issues).map((issue) => explain(issue, tool, read)));
  else problems.push(...unusableMaps(read));
  if (result.success && problems.length === 0) return { args: result.data, notes };
  throw new JobError(`${problems.join(' ')} Nothing was done. Correct it and call ${tool.name} again.`);
}

/** Explains which maps have a member that zod drops without an error. Each parameter that takes a map takes a list, too. */
function unusableMaps(args: unknown): string[] {
  return Object.entries(args as Readonly<Record<string, unknown>>)
    .filter(([, value]) => typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
    .map(
      ([name]) =>
        `The parameter "${name}" is wrong: a map cannot have the member "__proto__". Pass a list instead.`,
    );
}

/** Returns how a call names the jobs that it is about. Its other arguments may be wrong. */
export function namedJobs(tool: Tool, given: unknown): string[] {
  const { job_id, job_ids, name } = referencesIn(tool, given);
  return textsIn([job_id, job_ids, name]);
}

/** The same for the jobs that must exist for the call. */
export function requiredJobs(tool: Tool, given: unknown): string[] {
  const { job_id, job_ids, name } = referencesIn(tool, given);
  return textsIn([job_id, job_ids, tool.name === 'execute' ? undefined : name]);
}

function referencesIn(
  tool: Tool,
  given: unknown,
): Readonly<Partial<Record<'job_id' | 'job_ids' | 'name', unknown>>> {
  const { named } = withPresentNames(tool, readLeniently(given ?? {}, ANY_OBJECT));
  return readLeniently(named, schemaOf(tool)) ?? {};
}

function textsIn(values: readonly unknown[]): string[] {
  return values.flat().filter((value) => typeof value === 'string');
}

/** Replaces old and other names of parameters. Notes and problems mention only old ones. */
function withPresentNames(
  { renamed = {}, aliases = {} }: Tool,
  given: unknown,
): { named: unknown; notes: string[]; problems: string[] } {
  const notes: string[] = [];
  const problems: string[] = [];
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { named: given, notes, problems };
  // Not an object yet: to set its member `__proto__` would set its prototype.
  const named: [string, unknown][] = [];
  for (const [name, value] of Object.entries(given)) {
    const present = nameIn(renamed, name) ?? nameIn(aliases, name);
    const isOld = nameIn(renamed, name) !== undefined;
    if (present !== undefined && Object.hasOwn(given, present)) {
      problems.push(
        `"${name}" ${isOld ? 'is the old name of' : 'means'} "${present}". Pass only "${present}".`,
      );
    } else {
      named.push([present ?? name, value]);
      if (isOld)
        notes.push(
          `[The parameter "${name}" is now called "${present}". Its old name works in this version only.]`,
        );
    }
  }
  return { named: Object.fromEntries(named), notes, problems };
}

function nameIn(names: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
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
  const known = Object.keys(listedShape(tool.parameters.shape));
  const otherNames = { ...tool.renamed, ...tool.aliases };
  const problems = issue.keys.map((key) => {
    const name = nearestName(key, [
      ...known,
      ...Object.keys(tool.parameters.shape),
      ...Object.keys(otherNames),
    ]);
    const nearest = name === undefined ? undefined : (otherNames[name] ?? name);
    return `There is no parameter ${quote(key, MAX_NAME_LENGTH)}.${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`;
  });
  return `${problems.join(' ')} ${tool.name} takes: ${known.join(', ')}.`;
}
