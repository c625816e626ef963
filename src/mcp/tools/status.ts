import { z } from 'zod';
import { clip } from '../../base/quoted-text.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { duration, runtime } from '../../jobs/records/job-duration.ts';
import { findReadyOpener } from '../../jobs/wait/port-holder.ts';
import type { ProblemReport } from '../../problems/problem-report.ts';
import { isFinished, type JobRecord, neverStarted, type ReadyCondition } from '../../protocol/job-record.ts';
import type { InspectResult } from '../../protocol/messages.ts';
import { endCause } from '../shared/job-end.ts';
import { ownerFacts } from '../shared/job-owner.ts';
import { queueNote, stateFacts } from '../shared/job-state.ts';
import { matcherNames, problemFacts, problemLines } from '../shared/problem-reply.ts';
import { header } from '../shared/reply.ts';
import { terminalFacts } from '../shared/terminal-size.ts';
import { defineTool } from '../shared/tool.ts';
import { jobId } from '../shared/tool-parameters.ts';

/** Characters shown of a command and of the last line. */
const MAX_COMMAND_LENGTH = 1000;
const MAX_LINE_LENGTH = 200;
const OUT_OF_DATE =
  '[The runner of this job does not answer. The status is as it was last reported, and the processes are not known.]';

export const status = defineTool({
  name: 'status',
  title: 'Job Status',
  description:
    'Show the details of a job: status, exit code or signal, who started and stopped it, command, cwd, ' +
    'times, processes with CPU and memory, listening TCP ports, output size and last line. Use it to find ' +
    'the port of a server, or whether a job is busy. To wait for a change, use wait. To read output, use ' +
    'tail.',
  parameters: z.strictObject({ job_id: jobId }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run({ job_id }, { manager, caller }) {
    const { id } = manager.jobs.get(job_id);
    const [{ processes, ports }, input] = await Promise.all([
      manager.inspect(id),
      manager.input.waitsForInput(id, { whilePrinting: true }),
      manager.logs.findEnds(id),
    ]);
    const opened = await findReadyOpener(manager, manager.jobs.get(id));
    // Read again, since the job may have ended meanwhile.
    const job = manager.jobs.get(id);
    const { start, end } = manager.logs.range(job.id);
    const lastLine = manager.logs
      .readTail(job.id, { lines: 1, maxBytes: MAX_LINE_LENGTH })
      .text.replace(/\n$/, '');
    return [
      header({
        ...stateFacts(manager.jobs, job),
        port_of_job: job.readySince && opened.isOwnPort,
        port_opened_by: job.readySince && opened.portOpener?.id,
        stopped: processes.filter(({ isStopped }) => isStopped).length || undefined,
        waiting_for_input: input,
        pid: job.pid,
        ran: runtime(job),
        queued_for: job.status === 'queued' ? duration(job) : undefined,
        kill_after_s: seconds(job.timeoutMs),
      }),
      header({ command: clip(job.command, MAX_COMMAND_LENGTH) }),
      header({
        cwd: job.cwd,
        shell: job.shell,
        ...(job.terminal === undefined
          ? { stdin: job.stdin, stderr: job.mergeStderr ? 'merged' : 'separate' }
          : terminalFacts(job)),
        encoding: job.encoding,
        grace_s: seconds(job.graceMs),
      }),
      ...orderLines(manager, job),
      header({
        requested: neverStarted(job) ? iso(job.startedAt) : undefined,
        started: job.status === 'queued' || neverStarted(job) ? undefined : iso(job.startedAt),
        ended: iso(job.endedAt),
        ended_by: endCause(job),
      }),
      header({ ...ownerFacts(job, caller), client: job.startedBy.client, approved_by: job.approvedBy }),
      header({ log_end: end, log_dropped: start || undefined }),
      ...usage({ processes, ports }, job.status === 'running'),
      ...(isFinished(job) || manager.jobs.isReachable(job) ? [] : [OUT_OF_DATE]),
      ...problems(job, await manager.problems.current(id)),
      ...(job.error === undefined ? [] : [header({ error: job.error })]),
      ...(lastLine === '' ? [] : [header({ last_line: clip(lastLine, MAX_LINE_LENGTH) })]),
    ].join('\n');
  },
});

function problems(job: JobRecord, report: ProblemReport | undefined): string[] {
  if (report === undefined) return [];
  const lines = problemLines(job, report);
  const facts = header({ ...problemFacts(report), matchers: matcherNames(job) });
  return lines === '' ? [facts] : [facts, lines];
}

/** Returns when the job is ready, and which jobs come before it. */
function orderLines({ jobs }: JobManager, { id, ready, readyError, after = [] }: JobRecord): string[] {
  const names = after.map((each) => jobs.find(each)?.name ?? each);
  const note = queueNote(jobs, jobs.get(id));
  const facts = header({
    ready_when: ready && readyWhen(ready),
    after: names.length === 0 ? undefined : names.join(','),
    ready_error: readyError,
  });
  return [...(facts === '' ? [] : [facts]), ...(note === undefined ? [] : [note])];
}

function readyWhen(ready: ReadyCondition): string {
  if (ready.until === 'pattern') return `pattern ${ready.pattern}`;
  return ready.port === undefined ? 'any port' : `port ${ready.port}`;
}

function usage({ processes, ports }: InspectResult, isRunning: boolean): string[] {
  if (processes.length === 0) return [];
  const total = (key: 'cpuMs' | 'memoryBytes'): number => processes.reduce((sum, each) => sum + each[key], 0);
  return [
    header({
      // For a finished job, the first line says left_behind.
      processes: isRunning ? processes.length : undefined,
      cpu_ms: Math.round(total('cpuMs')),
      memory_bytes: total('memoryBytes'),
      ports: ports.length === 0 ? undefined : ports.join(','),
    }),
  ];
}

function iso(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
