import { dependencyState } from '../../protocol/dependencies.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { JobTable } from './job-table.ts';

/** Why a job is queued. */
export interface QueueState {
  /** The jobs in its `after` that are not ready yet. */
  readonly waitsFor: readonly JobRecord[];
  /** Its place among the jobs that wait only because too many run, from 1. Undefined if it waits for a job. */
  readonly position: number | undefined;
  /** The jobs that its runner runs, newest first. */
  readonly running: readonly JobRecord[];
}

type QueueTable = Pick<JobTable, 'find' | 'queued' | 'running'>;

/** Returns why a job is queued. Undefined if it is not. */
export function queueStateOf(table: QueueTable, job: JobRecord): QueueState | undefined {
  if (job.status !== 'queued') return undefined;
  const waitsFor = unmet(table, job);
  // Each runner has a queue and a limit of its own, also one of another version or machine.
  const isBeside = ({ runner }: JobRecord): boolean => runner === job.runner;
  const running = table.running().filter(isBeside);
  if (waitsFor.length > 0) return { waitsFor, position: undefined, running };
  const due = table.queued().filter((each) => isBeside(each) && unmet(table, each).length === 0);
  const index = due.findIndex(({ id }) => id === job.id);
  return { waitsFor, position: index < 0 ? undefined : index + 1, running };
}

/** Jobs that are no longer in the table were met. */
function unmet(table: QueueTable, { after = [] }: JobRecord): JobRecord[] {
  return after.flatMap((id) => {
    const job = table.find(id);
    return job === undefined || dependencyState(job) === 'met' ? [] : [job];
  });
}
