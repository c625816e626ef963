import type { JobRecord } from '../../protocol/job-record.ts';
import type { KnownJobs } from '../records/known-jobs.ts';

/** Has the runner look now whether a running job is ready, and its port free, and brings the record up to date. */
export async function refreshReadiness(jobs: KnownJobs, job: JobRecord): Promise<void> {
  // The caller has its own result in any case.
  const checked = await jobs
    .currentLinkOf(job)
    ?.checkReady(job.id)
    .catch(() => undefined);
  if (checked !== undefined) jobs.put(checked);
}
