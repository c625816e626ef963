import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import { escapeControls, quote } from '../../base/quoted-text.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { MAX_NAME_LENGTH } from '../../jobs/start/start-request.ts';
import type { Stream } from '../../log/store/log-segments.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import { MAX_REPLY_BYTES } from '../shared/reply.ts';
import { requireStarted } from '../shared/started-job.ts';
import { defineTool, type Tool } from '../shared/tool.ts';
import { interact } from '../tools/interact.ts';
import { lastOf } from './stream-replies.ts';

const taskName = z.string().min(1).describe('Name of the task.');
const readOnly = { readOnlyHint: true, openWorldHint: false } as const;

const run = defineTool({
  name: 'run-background-task',
  title: 'Run Background Task',
  description:
    'Run a shell command in the background, such as "npm run dev", and return its pid immediately. The other tools ' +
    'refer to it by its name.',
  parameters: z.strictObject({
    name: z.string().min(1).max(MAX_NAME_LENGTH).describe('A name that no running task uses.'),
    shell: z.string().describe('Shell command to run.'),
  }),
  annotations: {},
  async run({ name, shell }, { manager, caller, once }) {
    const { job, isExisting } = await once(() =>
      manager.start({ name, command: shell, mergeStderr: false, mayQueue: false, startedBy: caller }),
    );
    if (isExisting) {
      throw new JobError(
        `Task with name ${quote(name)} is already running. Stop it first, or choose another name.`,
      );
    }
    return `Task ${quote(name)} started with PID ${requireStarted(manager.jobs, job).pid ?? '?'}.`;
  },
});

const stop = defineTool({
  name: 'stop-background-task',
  title: 'Stop Background Task',
  description:
    'Stop a background task with all its processes, and wait until they are gone. Its output stays.',
  parameters: z.strictObject({ name: taskName }),
  annotations: { idempotentHint: true, openWorldHint: false },
  async run({ name }, { manager, caller }) {
    const { id } = await find(manager, name);
    const { survivors } = await manager.kill(id, caller.kind);
    if (survivors.length === 0) return `Task ${quote(name, MAX_NAME_LENGTH)} has been stopped.`;
    const pids = survivors.map(({ pid }) => pid).join(', ');
    throw new JobError(
      `Processes ${pids} of task ${quote(name)} could not be stopped. Find out what they are.`,
    );
  },
});

const list = defineTool({
  name: 'list-background-tasks',
  title: 'List Background Tasks',
  description: 'List background tasks: name, pid, state and exit code.',
  parameters: z.strictObject({}),
  annotations: readOnly,
  async run(_, { manager }) {
    await manager.jobs.ready();
    const tasks = new Map<string, JobRecord>();
    for (const job of manager.jobs.list()) {
      const name = job.name ?? job.id;
      if (!tasks.has(name)) tasks.set(name, job);
    }
    if (tasks.size === 0) return 'No background tasks are currently running.';
    const lines = [...tasks].map(([name, job]) => `- ${escapeControls(name)} (${describe(job)})`);
    let size = 0;
    const shown = lines.filter((line) => (size += Buffer.byteLength(line) + 1) < MAX_REPLY_BYTES);
    return `Currently running tasks:\n${shown.join('\n')}`;
  },
});

const readStream = (stream: Stream, nothing: string): Tool =>
  defineTool({
    name: `get-task-${stream}`,
    title: `Get Task ${stream === 'stdout' ? 'Stdout' : 'Stderr'}`,
    description: `Return the ${stream} of a background task. Of long output, return only the end.`,
    parameters: z.strictObject({ name: taskName }),
    annotations: readOnly,
    async run({ name }, { manager }) {
      const { id } = await find(manager, name);
      const text = lastOf(manager, id, stream);
      return `${stream === 'stdout' ? 'Stdout' : 'Stderr'} of task ${quote(name, MAX_NAME_LENGTH)}:\n${text === '' ? nothing : text}`;
    },
  });

const send = defineTool({
  name: 'send-to-task-stdin',
  title: 'Send to Task Stdin',
  description: 'Send data unchanged to the stdin of a running background task. End each line with a newline.',
  parameters: z.strictObject({ name: taskName, data: z.string().describe('Data to send.') }),
  annotations: {},
  async run({ name, data }, context) {
    const { id } = await find(context.manager, name);
    // The old server does not wait for an answer.
    const signal = AbortSignal.abort();
    await interact.run({ job_id: id, input: data, newline: false, eof: false }, { ...context, signal });
    return `Data sent to task ${quote(name, MAX_NAME_LENGTH)} stdin.`;
  },
});

/** The tools of mcp-bgtask 1.1.3. */
export const MCP_BGTASK: readonly Tool[] = [
  run,
  stop,
  list,
  readStream('stdout', 'No output yet.'),
  readStream('stderr', 'No error output yet.'),
  send,
];

function describe(job: JobRecord): string {
  const { pid, exitCode, signal } = job;
  const end = signal ?? exitCode;
  const state = isFinished(job) ? 'stopped' : 'running';
  return `PID: ${pid ?? '?'}, State: ${state}${end === undefined ? '' : `, Exit: ${end}`}`;
}

async function find(manager: JobManager, name: string): Promise<JobRecord> {
  await manager.jobs.ready();
  try {
    return manager.jobs.get(name);
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    throw new JobError(
      `No task found with name ${quote(name, MAX_NAME_LENGTH)}. Call list-background-tasks to see all tasks.`,
    );
  }
}
