import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { isFinished, type JobRecord, type Status } from '../../protocol/job-record.ts';
import { MAX_REPLY_BYTES } from '../shared/reply.ts';
import { requireStarted } from '../shared/started-job.ts';
import { type Answer, defineTool, type Tool } from '../shared/tool.ts';
import { interact } from '../tools/interact.ts';
import { lastOf, since } from './stream-replies.ts';

const jobId = z.string().min(1).describe('Job id, or a name, or the first characters of an id.');
const readOnly = { readOnlyHint: true, openWorldHint: false } as const;

const execute_command = defineTool({
  name: 'execute_command',
  title: 'Execute Command',
  description:
    'Run a shell command as a background job and return its job_id immediately. To read its output, use ' +
    'get_job_output or tail_job_output.',
  parameters: z.strictObject({ command: z.string().describe('Shell command to run.') }),
  annotations: {},
  async run({ command }, { manager, caller, once }) {
    const { job } = await once(() =>
      manager.start({ command, mergeStderr: false, mayQueue: false, startedBy: caller }),
    );
    return answer({ job_id: requireStarted(manager.jobs, job).id });
  },
});

const list_jobs = defineTool({
  name: 'list_jobs',
  title: 'List Jobs',
  description: 'List all background jobs, newest first: job_id, status, command, started.',
  parameters: z.strictObject({}),
  annotations: readOnly,
  async run(_, { manager }) {
    await manager.jobs.ready();
    const jobs = manager.jobs.list().map((job) => ({
      job_id: job.id,
      status: oldStatus(job),
      command: job.command,
      started: new Date(job.startedAt).toISOString(),
    }));
    return answer({ jobs: jobs.slice(0, countThatFit(jobs)) });
  },
});

const get_job_status = defineTool({
  name: 'get_job_status',
  title: 'Get Job Status',
  description: 'Return the status of a background job: running, completed, failed or killed.',
  parameters: z.strictObject({ job_id: jobId }),
  annotations: readOnly,
  async run({ job_id }, { manager }) {
    await manager.jobs.ready();
    return answer({ status: oldStatus(manager.jobs.get(job_id)) });
  },
});

const get_job_output = defineTool({
  name: 'get_job_output',
  title: 'Get Job Output',
  description: 'Return the stdout and stderr of a background job. Of long output, return only the end.',
  parameters: z.strictObject({ job_id: jobId }),
  annotations: readOnly,
  run: ({ job_id }, { manager }) => outputOf(manager, job_id),
});

const tail_job_output = defineTool({
  name: 'tail_job_output',
  title: 'Tail Job Output',
  description: 'Return the last lines of stdout and of stderr of a background job.',
  parameters: z.strictObject({
    job_id: jobId,
    lines: z.int().min(1).max(1000).default(50).describe('Number of lines of each stream.'),
  }),
  annotations: readOnly,
  run: ({ job_id, lines }, { manager }) => outputOf(manager, job_id, lines),
});

const interact_with_job = defineTool({
  name: 'interact_with_job',
  title: 'Interact with Job',
  description:
    'Send a line to the stdin of a running background job, and return what it wrote to stdout and stderr until ' +
    'it fell quiet, for at most 2 s.',
  parameters: z.strictObject({
    job_id: jobId,
    input: z.string().describe('A missing newline is added.'),
  }),
  annotations: {},
  async run({ job_id, input }, context) {
    const { manager } = context;
    await manager.jobs.ready();
    const { id } = manager.jobs.get(job_id);
    const { end } = manager.logs.range(id);
    await interact.run({ job_id: id, input, newline: true, eof: false }, context);
    return answer({
      stdout: withoutLineEnd(since(manager, id, 'stdout', end)),
      stderr: withoutLineEnd(since(manager, id, 'stderr', end)),
    });
  },
});

const kill_job = defineTool({
  name: 'kill_job',
  title: 'Kill Job',
  description:
    'Stop a background job with all its processes, and wait until they are gone. Returns killed, ' +
    'already_terminated or not_found.',
  parameters: z.strictObject({ job_id: jobId }),
  annotations: { idempotentHint: true, openWorldHint: false },
  async run({ job_id }, { manager, caller }) {
    await manager.jobs.ready();
    const job = find(manager, job_id);
    if (job === undefined) return answer({ status: 'not_found' });
    if (isFinished(job)) return answer({ status: 'already_terminated' });
    const { survivors } = await manager.kill(job.id, caller.kind);
    if (survivors.length === 0) return answer({ status: 'killed' });
    const named = survivors.map(({ pid }) => pid).join(', ');
    throw new JobError(`Processes ${named} of the job could not be stopped. Find out what they are.`);
  },
});

/** The tools of mcp-background-job 0.1.2, with the names in its code. The names in its README are the names of our tools. */
export const MCP_BACKGROUND_JOB: readonly Tool[] = [
  list_jobs,
  get_job_status,
  get_job_output,
  tail_job_output,
  execute_command,
  interact_with_job,
  kill_job,
];

/** The old server replies with JSON, as text and as structured content. */
function answer(structured: Record<string, unknown>): Answer {
  return { structured };
}

/** The old server has no status for a job whose end is unknown, or that other tools have queued. */
function oldStatus({ status }: JobRecord): Exclude<Status, 'lost' | 'queued'> {
  if (status === 'queued') return 'running';
  return status === 'lost' ? 'failed' : status;
}

async function outputOf(manager: JobManager, reference: string, lines?: number): Promise<Answer> {
  await manager.jobs.ready();
  const { id } = manager.jobs.get(reference);
  return answer({
    stdout: withoutLineEnd(lastOf(manager, id, 'stdout', lines)),
    stderr: withoutLineEnd(lastOf(manager, id, 'stderr', lines)),
  });
}

/** The old server joins lines, without a line end after the last. */
function withoutLineEnd(text: string): string {
  return text.replace(/\n$/, '');
}

function find(manager: JobManager, reference: string): JobRecord | undefined {
  try {
    return manager.jobs.get(reference);
  } catch (error) {
    if (error instanceof JobError) return undefined;
    throw error;
  }
}

function countThatFit(jobs: readonly unknown[]): number {
  let size = 0;
  const first = jobs.findIndex(
    (job) => (size += Buffer.byteLength(JSON.stringify(job)) + 1) > MAX_REPLY_BYTES,
  );
  return first < 0 ? jobs.length : first;
}
