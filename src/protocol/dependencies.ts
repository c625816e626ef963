import { quote } from '../base/quoted-text.ts';
import { isFinished, type JobRecord } from './job-record.ts';

/** `failed`: it will never be met. */
export type DependencyState = 'met' | 'pending' | 'failed';

/** Returns whether a job that comes after this one may start: this one is ready, or has completed with exit code 0. */
export function dependencyState(job: JobRecord): DependencyState {
  if (job.status === 'completed') return 'met';
  if (isFinished(job) || job.readyError !== undefined) return 'failed';
  return job.readySince === undefined ? 'pending' : 'met';
}

/** Returns the job that failed first, because of which a job was not started: the job itself, if it was started. */
export function firstFailure(job: JobRecord, find: (id: string) => JobRecord | undefined): JobRecord {
  const cause = job.failedDependency === undefined ? undefined : find(job.failedDependency);
  return cause === undefined ? job : firstFailure(cause, find);
}

/**
 * Says how a job failed that others wait for, as the end of a sentence: "the job "db" (<id>) failed with exit code 1."
 *
 * @param first the job because of which it was not started, if it was not
 */
export function describeFailure(job: JobRecord, first: JobRecord = job): string {
  const name = job.name === undefined ? `the job ${job.id}` : `the job ${quote(job.name)} (${job.id})`;
  return first.id === job.id
    ? `${name} ${howItFailed(job)}`
    : `${name} was not started, because ${describeFailure(first)}`;
}

function howItFailed({
  status,
  exitCode,
  signal,
  endedBy,
  error,
  failedDependency,
  readyError,
}: JobRecord): string {
  switch (status) {
    case 'failed':
      if (failedDependency !== undefined) return 'was not started either.';
      return error === undefined
        ? `failed with exit code ${exitCode ?? 'unknown'}.`
        : `could not start: ${error}`;
    case 'killed':
      if (endedBy === 'timeout') return 'was killed after its timeout.';
      return endedBy === 'itself' || endedBy === undefined
        ? `was killed by ${signal ?? 'a signal'}.`
        : `was killed (${endedBy}).`;
    case 'lost':
      return 'was lost: its runner died.';
    default:
      return `runs, but is never known to be ready. ${readyError ?? ''}`.trimEnd();
  }
}
