import type { JobTable } from '../../jobs/records/job-table.ts';
import type { WatchEvent } from '../../jobs/watch/watch-events.ts';
import type { LogRange } from '../../log/read/log-reader.ts';
import type { ProblemReport } from '../../problems/problem-report.ts';
import { type JobRecord, neverStarted } from '../../protocol/job-record.ts';
import { endCause } from '../shared/job-end.ts';
import { orderFacts } from '../shared/job-state.ts';
import { matcherNames, MAX_SHOWN_PROBLEMS, problemFacts } from '../shared/problem-reply.ts';
import { terminalFacts } from '../shared/terminal-size.ts';
import { watchText } from '../shared/watch-text.ts';

interface JobDetails {
  readonly jobs: JobTable;
  readonly log: LogRange;
  /** What watches of the job reported and nobody has seen. */
  readonly events: readonly WatchEvent[];
  /** Undefined if the job has no problem matchers. */
  readonly problems: ProblemReport | undefined;
}

/** Returns a record with the names of the facts in replies, and times in ISO 8601. Values of variables are left out. */
export function describeJob(
  job: JobRecord,
  { jobs, log, events, problems }: JobDetails,
): Record<string, unknown> {
  const time = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toISOString();
  return {
    id: job.id,
    name: job.name,
    command: job.command,
    cwd: job.cwd,
    shell: job.shell,
    env: Object.keys(job.env),
    stdin: job.stdin,
    merge_stderr: job.mergeStderr,
    ...terminalFacts(job),
    encoding: job.encoding,
    ready_when: job.ready,
    after: job.after,
    kill_after_s: job.timeoutMs === undefined ? undefined : job.timeoutMs / 1000,
    grace_s: job.graceMs === undefined ? undefined : job.graceMs / 1000,
    status: job.status,
    exit_code: job.exitCode,
    signal: job.signal,
    ended_by: endCause(job),
    error: job.error,
    ...orderFacts(jobs, job),
    ready_error: job.readyError,
    left_behind: job.leftBehind === 0 ? undefined : job.leftBehind,
    pid: job.pid,
    [job.status === 'queued' ? 'queued' : neverStarted(job) ? 'requested' : 'started']: time(job.startedAt),
    ended: time(job.endedAt),
    started_by: { ...job.startedBy, session: undefined },
    ...(problems && describeProblems(job, problems)),
    approved_by: job.approvedBy,
    notify: job.notify,
    events: events.length === 0 ? undefined : events.map((event) => watchText(job, event)),
    log: { start: log.start, end: log.end, not_stored: job.unstoredBytes },
  };
}

/** Returns how many problems there are, and the first ones. */
function describeProblems(job: JobRecord, report: ProblemReport): Record<string, unknown> {
  const first = report.problems
    .slice(0, MAX_SHOWN_PROBLEMS)
    .map(({ file, line, column, severity, code, message }) => {
      return { file, line, column, severity, code, message };
    });
  return { matchers: matcherNames(job), ...problemFacts(report), first_problems: first };
}
