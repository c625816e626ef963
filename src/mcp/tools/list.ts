import { z } from 'zod';
import { clip, quote } from '../../base/quoted-text.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { runtime } from '../../jobs/records/job-duration.ts';
import {
  isFinished,
  type JobRecord,
  neverStarted,
  type Starter,
  type Status,
  STATUSES,
} from '../../protocol/job-record.ts';
import { ownerFacts } from '../shared/job-owner.ts';
import { stateFacts } from '../shared/job-state.ts';
import { problemFacts } from '../shared/problem-reply.ts';
import { DEFAULT_REPLY_BYTES, header } from '../shared/reply.ts';
import { defineTool } from '../shared/tool.ts';

const DEFAULT_LIMIT = 20;
/** How many jobs whose runner does not answer a note names. */
const MAX_NAMED_JOBS = 10;

export const list = defineTool({
  name: 'list',
  title: 'List Jobs',
  description:
    'List the jobs of this workspace, to find an id. ' +
    'Returns a line per job: id, name, status, owner (person, agent, or you: this session), times, command, and ' +
    'left_behind=n if an ended job left n processes running. Running jobs come first, then the ' +
    'newest. For details, use status.',
  parameters: z.strictObject({
    status: z.enum(STATUSES).optional().describe('Default: all.'),
    limit: z.int().min(1).max(1000).default(DEFAULT_LIMIT).describe('Ended jobs to show, default 20.'),
  }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  run: ({ status, limit }, { manager, caller }) => jobList(manager, { status, limit, caller }),
});

/** Returns a line of counts, a line per job, and a note if runners do not answer. Without a caller, they do not say who owns a job. */
export async function jobList(
  manager: JobManager,
  {
    status,
    limit = DEFAULT_LIMIT,
    caller,
  }: { status?: Status | undefined; limit?: number; caller?: Starter | undefined } = {},
): Promise<string> {
  await manager.jobs.ready();
  const note = await silenceNote(manager);
  const allJobs = manager.jobs.list();
  const allRunning = manager.jobs.running();
  const allQueued = manager.jobs.queued();
  const withLeftovers = manager.jobs.withLeftovers();
  const isListed = (each: Status): boolean => status === undefined || status === each;
  const running = isListed('running') ? allRunning : [];
  const stopped = await Promise.all(running.map((job) => manager.jobs.stopped(job)));
  const queued = isListed('queued') ? allQueued : [];
  const active = allRunning.length + allQueued.length;
  const finished = finishedJobs(allJobs, withLeftovers, active, status, limit);
  const rows = [...running, ...queued, ...finished.first].map((job, at) =>
    line(manager, job, { stopped: stopped[at]?.length, caller }),
  );
  const shown = rows.slice(
    0,
    countThatFit(rows, DEFAULT_REPLY_BYTES - HEADER_BYTES - Buffer.byteLength(note)),
  );
  // The first counts are those of all jobs, whatever is listed: "running=0" must mean that nothing runs.
  const facts = header({
    running: allRunning.length,
    queued: allQueued.length || undefined,
    finished: allJobs.length - active,
    ...(status !== undefined && status !== 'running' && status !== 'queued' && { [status]: finished.count }),
    left_behind: sum(withLeftovers.map((job) => job.leftBehind ?? 0)) || undefined,
    not_shown: running.length + queued.length + finished.count - shown.length || undefined,
  });
  return [facts, ...shown, ...(note === '' ? [] : [note])].join('\n');
}

/** Says which of the jobs may have changed, since their runner does not answer. Empty if all runners answer. */
async function silenceNote({ jobs }: JobManager): Promise<string> {
  const active = jobs.active();
  const runners = new Map(active.map((job) => [job.runner, job]));
  const asked = await Promise.all(
    [...runners.values()].map(async (job) => ({ job, answers: await jobs.isResponsive(job) })),
  );
  const silentRunners = new Set(asked.flatMap(({ job, answers }) => (answers ? [] : job.runner)));
  const silent = active.filter(({ runner }) => silentRunners.has(runner));
  if (silent.length === 0) return '';
  const named = silent
    .slice(0, MAX_NAMED_JOBS)
    .map(({ id, name }) => (name === undefined ? id : quote(name)));
  const rest = silent.length - named.length;
  const names = named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return `[The runner of ${names} does not answer. The status is as it was last reported.]`;
}

/**
 * Returns the first finished jobs and their total count. Those that left processes behind come first, whatever the limit.
 * Stops early if it can, since there may be ten thousand.
 */
function finishedJobs(
  jobs: readonly JobRecord[],
  withLeftovers: readonly JobRecord[],
  active: number,
  status: Status | undefined,
  limit: number,
): { first: JobRecord[]; count: number } {
  const isWanted = (job: JobRecord): boolean => status === undefined || job.status === status;
  const first = withLeftovers.filter(isWanted).sort((a, b) => b.startedAt - a.startedAt);
  const known = new Set(first.map(({ id }) => id));
  let count = known.size;
  for (const job of jobs) {
    if (!isFinished(job) || !isWanted(job) || known.has(job.id)) continue;
    count++;
    if (first.length < limit) first.push(job);
    else if (status === undefined) return { first, count: jobs.length - active };
  }
  return { first, count };
}

/** Characters shown of a command. */
const MAX_COMMAND_LENGTH = 120;
/** Reserved for the header line. */
const HEADER_BYTES = 130;

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function countThatFit(rows: readonly string[], bytes: number): number {
  let size = 0;
  const first = rows.findIndex((row) => (size += Buffer.byteLength(row) + 1) > bytes);
  return first < 0 ? rows.length : first;
}

function line(
  { jobs, problems }: JobManager,
  job: JobRecord,
  { stopped = 0, caller }: { readonly stopped: number | undefined; readonly caller: Starter | undefined },
): string {
  const since = new Date(job.startedAt).toISOString();
  const times =
    job.status === 'queued'
      ? { queued_at: since }
      : { [neverStarted(job) ? 'requested' : 'started']: since, ran: runtime(job) };
  return header({
    ...stateFacts(jobs, job),
    stopped: stopped || undefined,
    ...problemFacts(problems.known(job.id)),
    ...(caller && ownerFacts(job, caller)),
    ...times,
    tty: job.terminal === undefined ? undefined : true,
    command: clip(job.command, MAX_COMMAND_LENGTH),
  });
}
