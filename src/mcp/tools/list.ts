import { z } from 'zod';
import { clip } from '../../base/quoted-text.ts';
import { duration } from '../../jobs/job-duration.ts';
import type { ProblemReport } from '../../problems/problem-report.ts';
import { type JobRecord, type Status, STATUSES } from '../../protocol/job-record.ts';
import { problemFacts } from '../shared/problem-reply.ts';
import { DEFAULT_REPLY_BYTES, header, jobFacts } from '../shared/reply.ts';
import { defineTool } from '../shared/tool.ts';

export const list = defineTool({
  name: 'list',
  title: 'List Jobs',
  description:
    'List the background jobs of this workspace, running ones first, then newest first. Returns one line per job: id, ' +
    'name, status, exit, time and command. Use it to find jobs again. For details, use status. To stop one, use kill.',
  parameters: z.strictObject({
    status: z
      .enum(STATUSES)
      .optional()
      .describe('completed: exit code 0. failed: other codes. lost: end unknown.'),
    limit: z.int().min(1).max(1000).default(20).describe('Of finished jobs.'),
  }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run({ status, limit }, { manager }) {
    await manager.jobs.ready();
    const allRunning = manager.jobs.running();
    const running = status === undefined || status === 'running' ? allRunning : [];
    const finished = finishedJobs(manager.jobs.list(), allRunning.length, status, limit);
    const stopped = await Promise.all(running.map((job) => manager.jobs.countStopped(job)));
    const rows = [...running, ...finished.first].map((job, at) => {
      return line(job, stopped[at], manager.problems.known(job.id));
    });
    const shown = rows.slice(0, countThatFit(rows, DEFAULT_REPLY_BYTES - HEADER_BYTES));
    const facts = header({
      running: running.length,
      finished: finished.count,
      left_behind: sum(manager.jobs.withLeftovers().map((job) => job.leftBehind ?? 0)) || undefined,
      not_shown: running.length + finished.count - shown.length || undefined,
    });
    return [facts, ...shown].join('\n');
  },
});

/** Returns the first finished jobs and their total count. Stops early if it can, since there may be ten thousand. */
function finishedJobs(
  jobs: readonly JobRecord[],
  running: number,
  status: Status | undefined,
  limit: number,
): { first: JobRecord[]; count: number } {
  const first: JobRecord[] = [];
  let count = 0;
  for (const job of jobs) {
    if (job.status === 'running' || (status !== undefined && job.status !== status)) continue;
    if (++count <= limit) first.push(job);
    else if (status === undefined) return { first, count: jobs.length - running };
  }
  return { first, count };
}

/** Characters shown of a command. */
const MAX_COMMAND_LENGTH = 120;
/** Reserved for the header line. */
const HEADER_BYTES = 100;

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function countThatFit(rows: readonly string[], bytes: number): number {
  let size = 0;
  const first = rows.findIndex((row) => (size += Buffer.byteLength(row) + 1) > bytes);
  return first < 0 ? rows.length : first;
}

function line(job: JobRecord, stopped = 0, problems?: ProblemReport): string {
  return header({
    ...jobFacts(job),
    stopped: stopped || undefined,
    ...problemFacts(problems),
    started: new Date(job.startedAt).toISOString(),
    ran: duration(job),
    tty: job.terminal === undefined ? undefined : true,
    command: clip(job.command, MAX_COMMAND_LENGTH),
  });
}
