import { JobError } from '../../base/job-error.ts';
import type { JobRecord } from '../../protocol/job-record.ts';

/** @returns the job @throws JobError when it could not start */
export function requireStarted(job: JobRecord): JobRecord {
  if (job.error === undefined) return job;
  throw new JobError(
    `The job could not start: ${job.error} It stands in the list as failed (${job.id}). ` +
      'Put the cause right and start it again.',
  );
}
