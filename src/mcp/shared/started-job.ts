import { JobError } from '../../base/job-error.ts';
import type { JobRecord } from '../../protocol/job-record.ts';

/** @returns the job, which runs or is queued @throws JobError if it could not start */
export function requireStarted(job: JobRecord): JobRecord {
  if (job.error === undefined) return job;
  throw new JobError(
    `The job could not start: ${job.error} It is listed as failed (${job.id}). ` +
      'Fix the cause and start it again.',
  );
}
