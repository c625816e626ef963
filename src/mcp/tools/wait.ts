import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import type { WaitTarget } from '../../jobs/condition-check.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { streamOf } from '../shared/stream-choice.ts';
import { defineTool } from '../shared/tool.ts';
import {
  conditionParameters,
  DEFAULT_WAIT_SECONDS,
  MAX_WAIT_SECONDS,
  maxBytes,
  stream,
} from '../shared/tool-parameters.ts';
import { conditionOf, onStream } from '../shared/wait-condition.ts';
import { waitReply } from '../shared/wait-reply.ts';

/** How many jobs one call can wait for. */
const MAX_JOBS = 20;

const reference = z.string().min(1);
const offset = z.int().min(0);

export const wait = defineTool({
  name: 'wait',
  title: 'Wait for Job',
  description:
    'Wait until a background job exits (until=exit), is ready, prints a matching line (pattern), ' +
    'opens a port, falls quiet, prints anything (output) or waits for input. The exit of the job ends every wait. With ' +
    'several jobs, the first match ends it. Returns the reason, next_cursor and the output from the cursor, or its ' +
    'beginning and end if it is long. After timeout_s: reason=timeout and the call to continue with. Never stops a job. Use it instead of polling.',
  parameters: z.strictObject({
    job_id: z.union([reference, z.array(reference).min(1).max(MAX_JOBS)]).describe('Id or name, or a list.'),
    ...conditionParameters,
    until: conditionParameters.until.describe('Default: exit, or as pattern, port or quiet_ms imply.'),
    timeout_s: z.number().positive().max(MAX_WAIT_SECONDS).default(DEFAULT_WAIT_SECONDS),
    cursor: z
      .union([offset, z.record(z.string(), offset)])
      .default(0)
      .describe('Match and read from here: 0 or a next_cursor. For several jobs: {id: cursor}.'),
    stream: stream,
    max_bytes: maxBytes,
  }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run(args, context) {
    await context.manager.jobs.ready();
    const targets = targetsOf(args, context.manager);
    const [only] = targets.map(({ id }) => streamOf(args.stream, context.manager.jobs.get(id)));
    return waitReply(context, {
      targets,
      condition: onStream(conditionOf(args), only),
      timeoutSeconds: args.timeout_s,
      page: { max_bytes: args.max_bytes, stream: args.stream, format: 'text' },
    });
  },
});

function targetsOf(
  { job_id, cursor: given }: { job_id: string | string[]; cursor: number | Record<string, number> },
  manager: JobManager,
): WaitTarget[] {
  const references = typeof job_id === 'string' ? [job_id] : job_id;
  if (typeof given === 'number') {
    if (given > 0 && references.length > 1) {
      throw new JobError('Each job has its own cursors. Pass a map such as {"<job id>": 123} as cursor.');
    }
    return references.map((reference) => ({ id: manager.jobs.get(reference).id, cursor: given }));
  }
  const cursors = new Map(
    Object.entries(given).map(([reference, value]) => [manager.jobs.get(reference).id, value]),
  );
  return references.map((reference) => {
    const { id } = manager.jobs.get(reference);
    return { id, cursor: cursors.get(id) ?? 0 };
  });
}
