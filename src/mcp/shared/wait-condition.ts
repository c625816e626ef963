import { JobError } from '../../base/job-error.ts';
import type { Condition } from '../../jobs/wait/condition-check.ts';
import type { Stream } from '../../log/store/log-segments.ts';
import { checkPattern } from './pattern-argument.ts';

interface ConditionArguments {
  readonly until?: Condition['until'] | undefined;
  readonly regex?: string | undefined;
  readonly port?: number | undefined;
  readonly quiet_ms?: number | undefined;
}

const DEFAULT_QUIET_MS = 1000;
const FIELDS = { regex: 'pattern', port: 'port', quiet_ms: 'quiet' } as const;

/**
 * Returns the condition that the arguments of a call describe. A field can imply `until`.
 *
 * @throws JobError if a field is missing, or belongs to another condition
 */
export function conditionOf(args: ConditionArguments): Condition {
  const given = (Object.keys(FIELDS) as (keyof typeof FIELDS)[]).filter((field) => args[field] !== undefined);
  const [first, second] = given;
  const until = args.until ?? (first === undefined ? 'exit' : FIELDS[first]);
  const stray = second ?? given.find((field) => FIELDS[field] !== until);
  if (stray !== undefined) {
    throw new JobError(`"${stray}" does not go with until="${until}". Wait for one condition at a time.`);
  }
  switch (until) {
    case 'pattern':
      if (args.regex === undefined) throw new JobError('until="pattern" needs "regex". Give it.');
      checkPattern(args.regex);
      return { until, pattern: args.regex };
    case 'port':
      return { until, port: args.port };
    case 'quiet':
      return { until, quietMs: args.quiet_ms ?? DEFAULT_QUIET_MS };
    default:
      return { until };
  }
}

/** Returns the arguments that describe a condition. */
export function conditionArguments(condition: Condition): Record<string, unknown> {
  const { until } = condition;
  switch (until) {
    case 'pattern':
      return { until, regex: condition.pattern };
    case 'port':
      return { until, ...(condition.port !== undefined && { port: condition.port }) };
    case 'quiet':
      return { until, quiet_ms: condition.quietMs };
    default:
      return { until };
  }
}

/** Limits a condition that depends on output to one stream. */
export function onStream(condition: Condition, stream: Stream | undefined): Condition {
  switch (condition.until) {
    case 'exit':
    case 'port':
    case 'input':
    case 'ready':
      return condition;
    default:
      return { ...condition, stream };
  }
}
