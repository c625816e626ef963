import { type EndedBy, type JobRecord, neverStarted } from '../../protocol/job-record.ts';

/** Returns true for the status of a job that has ended, or will never start. */
export function isOver(status: string): boolean {
  return status !== 'running' && status !== 'queued';
}

/** Returns who ended a job. A job that could not start did not end by itself. */
export function endCause(job: JobRecord): EndedBy | undefined {
  return job.endedBy === 'itself' && neverStarted(job) ? undefined : job.endedBy;
}

/** Returns how a job ended, as the predicate of a sentence. */
export function howItEnded({ status, exitCode, signal, endedBy }: JobRecord): string {
  if (endedBy === 'timeout') return 'was killed by its timeout';
  if (status === 'failed' && exitCode !== undefined) return `failed (exit code ${exitCode})`;
  if (status === 'killed')
    return endedBy === 'person' ? 'was killed by the user' : `was killed (${signal ?? 'by a request'})`;
  return status === 'lost' ? 'was lost' : status;
}
