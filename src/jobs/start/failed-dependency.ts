import { quote } from '../../base/quoted-text.ts';
import type { Tail } from '../../log/read/log-tail.ts';
import { describeFailure, firstFailure } from '../../protocol/dependencies.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { JobLogs } from '../output/job-logs.ts';
import type { JobTable } from '../records/job-table.ts';

/** How much of the end of a log explains a failure. */
const LAST_LINES = 10;
const LAST_LINES_BYTES = 1000;

export interface FailedDependency {
  readonly job: JobRecord;
  /** What it printed last. */
  readonly tail: Tail;
}

/** Returns the job that failed first, if that is why a job was never started. */
export function findFailedDependency(
  { jobs, logs }: { readonly jobs: Pick<JobTable, 'find'>; readonly logs: JobLogs },
  { failedDependency }: JobRecord,
): FailedDependency | undefined {
  const job = failedDependency === undefined ? undefined : jobs.find(failedDependency);
  if (job === undefined) return undefined;
  const first = firstFailure(job, (id) => jobs.find(id));
  return { job: first, tail: logs.readTail(first.id, { lines: LAST_LINES, maxBytes: LAST_LINES_BYTES }) };
}

/** Says in one line how the job failed and what it printed last. */
export function describeFailedDependency({ job, tail }: FailedDependency): string {
  const words = describeFailure(job);
  return tail.text === '' ? `${words} It printed nothing.` : `${words} Its last lines: ${linesOf(tail)}.`;
}

/** Quotes each line alone. A line break within quotes would be shown as an escape sequence. */
function linesOf({ text }: Tail): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => quote(line))
    .join(', ');
}
