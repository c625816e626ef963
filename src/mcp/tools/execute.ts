import { z } from 'zod';
import { isJobError, JobError } from '../../jobs/errors.ts';
import { conditionOf } from '../condition.ts';
import {
  conditionParameters,
  DEFAULT_WAIT_SECONDS,
  MAX_WAIT_SECONDS,
  timeoutSeconds,
} from '../parameters.ts';
import { DEFAULT_REPLY_BYTES, header, jobFacts } from '../reply.ts';
import { defineTool } from '../tool.ts';
import { waitReply } from '../wait-reply.ts';

export const execute = defineTool({
  name: 'execute',
  title: 'Command in Background',
  description:
    'Run a shell command as a background job. It outlives this call and the chat turn. Returns id, ' +
    'status and pid at once; with wait_s also why the wait ended and the output so far. Use it for dev ' +
    'servers, builds, tests, watchers; to start a server and return when it is ready, give until=port ' +
    'or until=pattern. A job of the same name, command and cwd that already runs is returned instead ' +
    '(existing=true).',
  parameters: z.strictObject({
    command: z.string().describe('Shell command line; pipes, && and redirections work.'),
    name: z.string().min(1).max(64).optional().describe('To use in place of the id, such as "dev".'),
    cwd: z.string().min(1).optional().describe('Folder to run in. Default: the workspace folder.'),
    env: z.record(z.string(), z.string()).optional().describe('Added to the environment.'),
    stdin: z
      .enum(['open', 'closed'])
      .default('open')
      .describe('closed: the command reads end of file at once.'),
    merge_stderr: z.boolean().default(false).describe('One stream for both: exact order, no tags.'),
    timeout_s: timeoutSeconds,
    wait_s: z
      .number()
      .min(0)
      .max(MAX_WAIT_SECONDS)
      .optional()
      .describe(`Wait so many seconds for until. Default 0; ${DEFAULT_WAIT_SECONDS} with until.`),
    ...conditionParameters,
  }),
  annotations: {},
  async run(args, context) {
    const condition = conditionOf(args);
    const isConditional = args.until !== undefined || condition.until !== 'exit';
    const waitSeconds = args.wait_s ?? (isConditional ? DEFAULT_WAIT_SECONDS : 0);
    const request = {
      command: args.command,
      name: args.name,
      cwd: args.cwd,
      env: args.env,
      stdin: args.stdin,
      mergeStderr: args.merge_stderr,
      timeoutSeconds: args.timeout_s,
      startedBy: context.caller,
    };
    const { job, isExisting } = await context.once(() => context.manager.start(request));
    if (job.error !== undefined) {
      throw new JobError(
        `The job could not start: ${job.error} It stands in the list as failed (${job.id}). ` +
          'Put the cause right and start it again.',
      );
    }
    const facts = { existing: isExisting || undefined, pid: job.pid };
    if (waitSeconds === 0) return header({ ...jobFacts(job), ...facts });
    const reply = waitReply(context, {
      targets: [{ id: job.id, cursor: 0 }],
      condition,
      timeoutSeconds: waitSeconds,
      page: { max_bytes: DEFAULT_REPLY_BYTES, stream: 'both', format: 'text' },
      facts,
    });
    return reply.catch((error: unknown) => {
      if (!isJobError(error)) throw error;
      throw new JobError(`${error.message} The job was started: ${header({ ...jobFacts(job), ...facts })}.`);
    });
  },
});
