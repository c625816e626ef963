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

/** Says how a job failed that others wait for, as the end of a sentence: "the job "db" (<id>) failed with exit code 1." */
export function describeFailure(job: JobRecord): string {
  const name = job.name === undefined ? `the job ${job.id}` : `the job ${quote(job.name)} (${job.id})`;
  return `${name} ${howItFailed(job)}`;
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
