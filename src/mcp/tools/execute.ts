import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import type { Condition } from '../../jobs/condition-check.ts';
import { MAX_NAME_LENGTH } from '../../jobs/start-request.ts';
import type { ReadyCondition } from '../../protocol/job-record.ts';
import { queueNote, stateFacts } from '../shared/job-state.ts';
import { matcherNames } from '../shared/problem-reply.ts';
import { DEFAULT_REPLY_BYTES, header } from '../shared/reply.ts';
import { requireStarted } from '../shared/started-job.ts';
import { terminalFacts, terminalOf } from '../shared/terminal-size.ts';
import { defineTool } from '../shared/tool.ts';
import {
  conditionParameters,
  DEFAULT_WAIT_SECONDS,
  graceSeconds,
  MAX_WAIT_SECONDS,
  timeoutSeconds,
} from '../shared/tool-parameters.ts';
import { unlisted } from '../shared/unlisted-parameter.ts';
import { conditionOf } from '../shared/wait-condition.ts';
import { waitReply } from '../shared/wait-reply.ts';

export const execute = defineTool({
  name: 'execute',
  title: 'Command in Background',
  description:
    'Run a shell command as a background job that outlives this call. Returns id, status and pid immediately. ' +
    'With wait_s or until, waits first and adds the reason the wait ended and the output so far. Use it for ' +
    'servers, builds, tests and watchers. until=port or until=pattern returns when a server is ready. If a ' +
    'job with the same name, command and cwd is running, returns that one (existing=true), even if env ' +
    'differs.',
  parameters: z.strictObject({
    command: z.string().describe('Shell command line, with pipes, && and redirections.'),
    name: z.string().min(1).max(MAX_NAME_LENGTH).optional().describe('Can be used as job_id, such as "dev".'),
    cwd: z.string().min(1).optional().describe('Default: the workspace.'),
    env: z.record(z.string(), z.string()).optional().describe('Added to the environment.'),
    stdin: z
      .enum(['open', 'closed'])
      .default('open')
      .describe('open: for interact. closed: end of file at once.'),
    stderr: z
      .enum(['merged', 'separate'])
      .default('merged')
      .describe('merged: in exact order. separate: can be read alone.'),
    encoding: z.string().optional().describe('If not UTF-8, such as gbk.'),
    // The name of stderr in 0.1: true is merged, false is separate.
    merge_stderr: unlisted(z.boolean().optional()),
    tty: z
      .boolean()
      .default(false)
      .describe(
        'Give it a terminal: for programs that draw a screen, ask for passwords, or buffer into pipes.',
      ),
    size: z.string().optional().describe('Of the terminal. Default "120x30".'),
    problems: z
      .preprocess(listOfOne, z.array(z.string().min(1)).min(1))
      .optional()
      .describe('Problem matchers: "auto" or "$tsc-watch".'),
    after: z.array(z.string().min(1)).min(1).optional().describe('Jobs to be ready or completed first.'),
    timeout_s: timeoutSeconds,
    grace_s: graceSeconds.describe('Seconds until SIGKILL. Default 2.'),
    wait_s: z
      .number()
      .min(0)
      .max(MAX_WAIT_SECONDS)
      .optional()
      .describe(`Seconds to wait; the job keeps running. Default 0, or ${DEFAULT_WAIT_SECONDS} with until.`),
    ...conditionParameters,
    until: conditionParameters.until.describe('What ends the wait, as in wait.'),
  }),
  annotations: {},
  async run(args, context) {
    const condition = conditionOf(args);
    if (condition.until === 'ready' && args.problems === undefined)
      throw new JobError(
        'A new job has no condition yet. Use until="port" or until="pattern" to say when it is ready, or problems for a watcher.',
      );
    const isConditional = args.until !== undefined || condition.until !== 'exit';
    const waitSeconds = args.wait_s ?? (isConditional ? DEFAULT_WAIT_SECONDS : 0);
    const request = {
      command: args.command,
      name: args.name,
      cwd: args.cwd,
      env: args.env,
      stdin: args.stdin,
      encoding: args.encoding,
      mergeStderr: args.merge_stderr ?? args.stderr === 'merged',
      terminal: terminalOf(args),
      timeoutSeconds: args.timeout_s,
      graceSeconds: args.grace_s,
      asksForInput: condition.until === 'input',
      problems: args.problems?.map(readMatcher),
      ready: readyConditionOf(condition),
      after: args.after,
      startedBy: context.caller,
    };
    const { job, isExisting, leftoversEnded } = await context.once(() => context.manager.start(request));
    requireStarted(job);
    const facts = {
      existing: isExisting || undefined,
      pid: job.pid,
      ...terminalFacts(job),
      matchers: args.problems && matcherNames(job),
      left_behind_ended: leftoversEnded || undefined,
    };
    if (waitSeconds === 0) {
      const state = header({ ...stateFacts(context.manager.jobs, job), ...facts });
      const note = queueNote(context.manager.jobs, job);
      return note === undefined ? state : `${state}\n${note}`;
    }
    const reply = waitReply(context, {
      targets: [{ id: job.id, cursor: 0 }],
      condition,
      timeoutSeconds: waitSeconds,
      page: { max_bytes: DEFAULT_REPLY_BYTES, stream: 'both', format: 'text' },
      facts,
    });
    return reply.catch((error: unknown) => {
      if (!(error instanceof JobError)) throw error;
      throw new JobError(
        `${error.message} The job was started: ${header({ ...stateFacts(context.manager.jobs, job), ...facts })}.`,
      );
    });
  },
});

/** The name of a matcher can be given without a list. */
function listOfOne(value: unknown): unknown {
  return typeof value === 'string' && /^(auto|\$.+)$/.test(value) ? [value] : value;
}

/** A definition as in tasks.json can be given as JSON text. */
function readMatcher(reference: string): unknown {
  if (!reference.trimStart().startsWith('{')) return reference;
  try {
    return JSON.parse(reference) as unknown;
  } catch {
    throw new JobError('A problem matcher is not valid JSON. Correct it, or give a name such as "$tsc".');
  }
}

/** Returns what "ready" means for a job whose caller waits for this condition. */
function readyConditionOf(condition: Condition): ReadyCondition | undefined {
  if (condition.until === 'port') return { until: 'port', port: condition.port };
  return condition.until === 'pattern' ? { until: 'pattern', pattern: condition.pattern } : undefined;
}
