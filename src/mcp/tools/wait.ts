import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { WaitTarget } from '../../jobs/wait/condition-check.ts';
import { listedAs, unlisted } from '../shared/listed-parameters.ts';
import { streamOf } from '../shared/stream-choice.ts';
import { defineTool } from '../shared/tool.ts';
import {
  conditionParameters,
  DEFAULT_WAIT_SECONDS,
  JOB_ID_ALIAS,
  jobIds,
  MAX_WAIT_SECONDS,
  maxBytes,
  RENAMED_PATTERN,
  stream,
} from '../shared/tool-parameters.ts';
import { conditionOf, onStream } from '../shared/wait-condition.ts';
import { waitReply } from '../shared/wait-reply.ts';

const offset = z.int().min(0);
const cursorList = z.array(offset);

export const wait = defineTool({
  name: 'wait',
  title: 'Wait for Job',
  description:
    'Wait until background jobs exit, become ready or print something, instead of polling. ' +
    'Never stops a job. Returns for each job the reason, next_cursor and the output from the cursor. Of long output, ' +
    'returns the beginning and the end; next_cursor is then where the gap begins: read on with output, or skip it with tail. After wait_s: ' +
    'reason=timeout and the call that continues. To read without waiting, use tail or output.',
  parameters: z.strictObject({
    job_ids: jobIds,
    mode: z
      .enum(['any', 'all'])
      .default('any')
      .describe('all: when every job meets the condition. Default any.'),
    ...conditionParameters,
    until: conditionParameters.until.describe(
      'exit (default): the job ends; this ends every other wait. pattern: a line after the cursor, even if unfinished, matches regex. ' +
        'port: the job, or a container of it, listens on port (ports in the reply). ' +
        'ready: the pattern or port of execute is met, or a watcher with problems has ' +
        'finished a round after the cursor; fails without either. quiet: no output for quiet_ms from now. output: anything after the cursor. input: the job waits ' +
        'for input, with or without tty. regex, port or quiet_ms alone sets it.',
    ),
    wait_s: z
      .number()
      .min(0)
      .max(MAX_WAIT_SECONDS)
      .default(DEFAULT_WAIT_SECONDS)
      .describe(`Default ${DEFAULT_WAIT_SECONDS}, at most ${MAX_WAIT_SECONDS}.`),
    cursors: listedAs(
      cursorList
        .optional()
        .describe(
          'Where to look and read from, one for each job: a next_cursor. Default 0: the start, so old output counts.',
        ),
      z.union([offset, cursorList, z.record(z.string(), offset)]).default(0),
    ),
    stream: unlisted(stream),
    max_bytes: unlisted(maxBytes),
  }),
  renamed: { ...RENAMED_PATTERN, timeout_s: 'wait_s' },
  aliases: { ...JOB_ID_ALIAS, cursor: 'cursors' },
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run(args, context) {
    const targets = targetsOf(args.job_ids, args.cursors, context.manager);
    await context.manager.logs.findEnds(...targets.map(({ id }) => id));
    const [only] = targets.map(({ id }) => streamOf(args.stream, context.manager.jobs.get(id)));
    return waitReply(context, {
      targets,
      condition: onStream(conditionOf(args), only),
      forAll: args.mode === 'all',
      timeoutSeconds: args.wait_s,
      page: { max_bytes: args.max_bytes, stream: args.stream, format: 'text' },
    });
  },
});

/** Returns each job once, with its cursor. */
function targetsOf(
  references: readonly string[],
  given: number | readonly number[] | Readonly<Record<string, number>>,
  manager: JobManager,
): WaitTarget[] {
  const ids = references.map((reference) => manager.jobs.get(reference).id);
  const cursors = cursorsOf(ids, given, manager);
  return [...cursors].map(([id, cursor]) => ({ id, cursor }));
}

function cursorsOf(
  ids: readonly string[],
  given: number | readonly number[] | Readonly<Record<string, number>>,
  manager: JobManager,
): Map<string, number> {
  if (typeof given === 'object' && !isList(given)) {
    const byId = new Map(Object.entries(given).map(([name, value]) => [manager.jobs.get(name).id, value]));
    return new Map(ids.map((id) => [id, byId.get(id) ?? 0]));
  }
  const list = isList(given) ? given : given === 0 ? [] : [given];
  if (list.length > 0 && list.length !== ids.length) {
    throw new JobError(
      `Pass one cursor for each of job_ids, in the same order: ${ids.length}, not ${list.length}. 0 reads all output of a job.`,
    );
  }
  return new Map(ids.map((id, at) => [id, list[at] ?? 0]));
}

function isList(
  given: number | readonly number[] | Readonly<Record<string, number>>,
): given is readonly number[] {
  return Array.isArray(given);
}
