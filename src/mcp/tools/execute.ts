import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import { CLOSED_STDIN, MAX_NAME_LENGTH } from '../../jobs/start/start-request.ts';
import type { StartedJob } from '../../jobs/start/started-job.ts';
import type { Condition } from '../../jobs/wait/condition-check.ts';
import { checkEvents } from '../../jobs/watch/watch-events.ts';
import type { JobRecord, ReadyCondition } from '../../protocol/job-record.ts';
import { queueNote, stateFacts } from '../shared/job-state.ts';
import { listedAs, unlisted } from '../shared/listed-parameters.ts';
import { checkPattern } from '../shared/pattern-argument.ts';
import { matcherNames } from '../shared/problem-reply.ts';
import { DEFAULT_REPLY_BYTES, type Facts, header } from '../shared/reply.ts';
import { orStarted, requireStarted } from '../shared/started-job.ts';
import { terminalFacts, terminalOf } from '../shared/terminal-size.ts';
import { defineTool, type ToolContext } from '../shared/tool.ts';
import {
  conditionParameters,
  DEFAULT_WAIT_SECONDS,
  graceSeconds,
  killAfterSeconds,
  MAX_WAIT_SECONDS,
  RENAMED_PATTERN,
} from '../shared/tool-parameters.ts';
import { conditionOf } from '../shared/wait-condition.ts';
import { waitReply } from '../shared/wait-reply.ts';

const parameters = z.strictObject({
  command: z.string().optional().describe('Shell command line. Needed without a task.'),
  task: z.string().min(1).optional().describe('Label in tasks.json, in place of a command.'),
  name: z.string().min(1).max(MAX_NAME_LENGTH).optional().describe('Such as "dev"; usable as job_id.'),
  cwd: z.string().min(1).optional().describe('Default: the workspace folder.'),
  env: listedAs(
    z.array(z.string()).optional().describe('Added variables: ["PORT=3000"].'),
    z.union([z.array(z.string()), z.record(z.string(), z.string())]).optional(),
  ),
  stdin: z
    .enum(['open', 'closed'])
    .default('open')
    .describe('closed: for commands that read stdin if they can, such as rg. Default open.'),
  stderr: z
    .enum(['merged', 'separate'])
    .default('merged')
    .describe('separate: can be read alone. Default merged.'),
  encoding: z.string().optional().describe('Of output, if not UTF-8, such as gbk.'),
  // The name of stderr in 0.1: true is merged, false is separate.
  merge_stderr: unlisted(z.boolean().optional()),
  tty: z
    .boolean()
    .default(false)
    .describe(
      'A terminal: for REPLs, and programs that draw a screen or menu, ask for a password (sudo) or hold output back in a pipe.',
    ),
  size: unlisted(z.string().optional()),
  problems: z
    .preprocess(listOfOne, z.array(z.string().min(1)).min(1))
    .optional()
    .describe(
      'Problem matchers: ["$tsc-watch"], or ["auto"] to choose by the command. wait with until=ready then lists the errors.',
    ),
  after: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Start when these jobs are ready (see wait; start servers with regex or port) or completed; fail if one ends otherwise.',
    ),
  notify: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('What to tell the user, and you in a later reply: ready, exit, input, "match:regex".'),
  kill_after_s: killAfterSeconds,
  grace_s: unlisted(graceSeconds),
  wait_s: z
    .number()
    .min(0)
    .max(MAX_WAIT_SECONDS)
    .optional()
    .describe(
      `Seconds to wait, at most ${MAX_WAIT_SECONDS}. Default 0, or ${DEFAULT_WAIT_SECONDS} with a condition.`,
    ),
  ...conditionParameters,
  quiet_ms: unlisted(conditionParameters.quiet_ms),
  until: listedAs(
    conditionParameters.until
      .unwrap()
      .exclude(['ready'])
      .optional()
      .describe('As in wait. pattern and port also say when the job is ready, even if wait_s=0.'),
    conditionParameters.until,
  ),
});

export const execute = defineTool({
  name: 'execute',
  title: 'Command in Background',
  description:
    'Start a shell command, or a VS Code task, in the background: a server, watcher, build, test run or ' +
    'REPL. Returns id, status and pid at once. With wait_s (until exit) or a condition (until, regex, port), waits first, and also ' +
    "returns what wait does; the job continues. Runs in the user's POSIX shell " +
    '(PowerShell on Windows). If a running job has this name, returns ' +
    'it, after the same wait, if command and cwd are the same (existing=true, even if env differs), else fails. ' +
    'To run it again, use restart.',
  parameters,
  renamed: { ...RENAMED_PATTERN, timeout_s: 'kill_after_s' },
  annotations: { readOnlyHint: false, destructiveHint: true },
  async run(args, context) {
    const condition = conditionOf(args);
    if (condition.until === 'ready' && args.problems === undefined && args.task === undefined)
      throw new JobError(
        'A new job has no condition yet. Use until="port" or until="pattern" to say when it is ready, or problems for a watcher.',
      );
    if (args.notify !== undefined) checkNotify(args, condition);
    const isConditional = args.until !== undefined || condition.until !== 'exit';
    const waitSeconds = args.wait_s ?? (isConditional ? DEFAULT_WAIT_SECONDS : 0);
    const { job, isExisting, leftoversEnded, others } = await context.once(() =>
      args.task === undefined ? startCommand(args, condition, context) : startTask(args.task, args, context),
    );
    requireStarted(context.manager.jobs, job);
    if (isExisting && args.notify !== undefined) context.manager.watches.ask(job.id, args.notify);
    const facts = (): Facts => ({
      existing: isExisting || undefined,
      // A queued job has one only after it starts.
      pid: (context.manager.jobs.find(job.id) ?? job).pid,
      ...terminalFacts(job),
      matchers: (args.problems ?? job.matchers) && matcherNames(job),
      depends_on: others?.map(({ id, name }) => name ?? id).join(','),
      left_behind_ended: leftoversEnded === 0 ? undefined : leftoversEnded,
    });
    if (waitSeconds === 0) {
      const state = header({ ...stateFacts(context.manager.jobs, job), ...facts() });
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
    return orStarted(reply, () => ({ ...stateFacts(context.manager.jobs, job), ...facts() }));
  },
});

type Arguments = z.output<typeof parameters>;

interface Started extends Omit<StartedJob, 'leftoversEnded'> {
  readonly leftoversEnded?: number;
  /** The jobs of the tasks on which a task depends. */
  readonly others?: readonly JobRecord[] | undefined;
}

function startCommand(
  args: Arguments,
  condition: Condition,
  { manager, caller }: ToolContext,
): Promise<Started> {
  const env = args.env && variables(args.env);
  if (args.command === undefined)
    throw new JobError('The parameter "command" is missing. Give it, or a "task".');
  return manager.start({
    command: args.command,
    name: args.name,
    cwd: args.cwd,
    env,
    stdin: args.stdin,
    encoding: args.encoding,
    mergeStderr: args.merge_stderr ?? args.stderr === 'merged',
    terminal: terminalOf(args),
    timeoutSeconds: args.kill_after_s,
    graceSeconds: args.grace_s,
    asksForInput: condition.until === 'input',
    problems: args.problems?.map(readMatcher),
    ready: readyConditionOf(condition),
    after: args.after,
    notify: args.notify,
    startedBy: caller,
  });
}

/** Parameters that describe a job, with their values if they are not given. A task has its own description. */
const OF_COMMANDS = {
  command: undefined,
  name: undefined,
  cwd: undefined,
  env: undefined,
  encoding: undefined,
  stdin: 'open',
  stderr: 'merged',
  merge_stderr: undefined,
  tty: false,
  size: undefined,
  problems: undefined,
  after: undefined,
  notify: undefined,
  kill_after_s: undefined,
  grace_s: undefined,
} as const;

async function startTask(label: string, args: Arguments, { manager, caller }: ToolContext): Promise<Started> {
  const names = Object.keys(OF_COMMANDS) as (keyof typeof OF_COMMANDS)[];
  const stray = names.find((name) => args[name] !== OF_COMMANDS[name]);
  if (stray !== undefined)
    throw new JobError(`"${stray}" does not go with "task": tasks.json describes the job. Leave it out.`);
  const started = await manager.startTask(label, caller);
  const last = started.at(-1);
  if (last === undefined)
    throw new JobError(`The task ${quote(label)} runs nothing. Add a command or "dependsOn" to it.`);
  const others = started.slice(0, -1).map(({ job }) => job);
  return { ...last, others: others.length === 0 ? undefined : others };
}

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

/** @throws JobError if an event can never happen, or there is no such event */
function checkNotify({ notify = [], problems, stdin }: Arguments, condition: Condition): void {
  checkEvents(notify, checkPattern);
  if (notify.includes('ready') && problems === undefined && readyConditionOf(condition) === undefined)
    throw new JobError(
      'notify "ready" needs a condition that says when the job is ready: until="port" with a port, until="pattern", or ' +
        'problems for a watcher.',
    );
  if (notify.includes('input') && stdin === 'closed') throw new JobError(CLOSED_STDIN);
}

/** Returns what "ready" means for a job whose caller waits for this condition. */
function readyConditionOf(condition: Condition): ReadyCondition | undefined {
  const { until } = condition;
  if (until === 'pattern') return { until, pattern: condition.pattern };
  if (until !== 'port') return undefined;
  return condition.port === undefined ? { until } : { until, port: condition.port };
}

/** Reads variables in the form `KEY=value`, or as a map. */
function variables(
  given: readonly string[] | Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!isList(given)) return given;
  const entries = given.map((each): [string, string] => {
    const at = each.indexOf('=');
    if (at < 1)
      throw new JobError(
        `The parameter "env" is wrong: pass variables in the form KEY=value, not ${quote(each, 40)}.`,
      );
    return [each.slice(0, at), each.slice(at + 1)];
  });
  return Object.fromEntries(entries);
}

function isList(given: readonly string[] | Readonly<Record<string, string>>): given is readonly string[] {
  return Array.isArray(given);
}
