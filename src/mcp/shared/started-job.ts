import { explainFailure } from '../../base/error-message.ts';
import { JobError } from '../../base/job-error.ts';
import type { JobTable } from '../../jobs/records/job-table.ts';
import { restartAdvice } from '../../jobs/start/job-dependencies.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { type Facts, header } from './reply.ts';
import type { Answer } from './tool.ts';

/**
 * @param more facts that the error names besides the id and status of the job
 * @returns the job, which runs or is queued
 * @throws JobError if it could not start
 */
export function requireStarted(jobs: JobTable, job: JobRecord, more: Facts = {}): JobRecord {
  const { error, id, status, failedDependency } = job;
  if (error === undefined) return job;
  const [what, advice] =
    failedDependency === undefined
      ? ['The job could not start:', 'start it again']
      : ['The job has failed.', restartAdvice(jobs, job)];
  // The facts have the form of a header, so that the news do not report the failure again.
  throw new JobError(
    `${what} ${error} It is listed with ${header({ id, status, ...more })}. Fix the cause and ${advice}.`,
  );
}

/**
 * Returns the reply of a wait for a job that was started.
 *
 * @param facts of the job, which an error names: it must not be started again
 * @throws JobError
 */
export async function orStarted(reply: Promise<Answer>, facts: () => Facts): Promise<Answer> {
  try {
    return await reply;
  } catch (error) {
    throw new JobError(`${explainFailure(error)} The job was started: ${header(facts())}.`);
  }
}
