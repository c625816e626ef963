import { JobError } from '../../base/job-error.ts';
import type { Condition } from '../../jobs/condition-check.ts';
import type { Stream } from '../../log/store/log-segments.ts';
import { checkPattern } from './pattern-argument.ts';

interface ConditionArguments {
  readonly until?: Condition['until'] | undefined;
  readonly pattern?: string | undefined;
  readonly port?: number | undefined;
  readonly quiet_ms?: number | undefined;
}

const DEFAULT_QUIET_MS = 1000;
const FIELDS = { pattern: 'pattern', port: 'port', quiet_ms: 'quiet' } as const;

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
      if (args.pattern === undefined) throw missing(until, 'pattern');
      checkPattern(args.pattern);
      return { until, pattern: args.pattern };
    case 'port':
      if (args.port === undefined) throw missing(until, 'port');
      return { until, port: args.port };
    case 'quiet':
      return { until, quietMs: args.quiet_ms ?? DEFAULT_QUIET_MS };
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

function missing(until: string, field: string): JobError {
  return new JobError(`until="${until}" needs "${field}". Give it.`);
}
