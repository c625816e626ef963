import type { JobRecord } from '../../protocol/job-record.ts';
import type { Limits } from './limits.ts';

/** A job that ended this recently stays, since its callers are about to read it. */
export const JUST_ENDED_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Chooses what to remove to keep the history within its limits: jobs that are too many or too old, and the logs of the
 * oldest finished jobs if all logs together are too large. Jobs with living processes are never chosen.
 *
 * @param jobs newest first
 * @param sizeOf returns the size of a job's log on disk, in bytes
 * @param now ms since the Unix epoch
 * @param justEnded ids of jobs that have just ended, even if their times say otherwise because the clock was set
 */
export function choosePruning(
  jobs: readonly JobRecord[],
  sizeOf: (job: JobRecord) => number,
  limits: Pick<Limits, 'historyLimit' | 'historyDays' | 'maxTotalSize'>,
  now: number,
  justEnded: ReadonlySet<string> = new Set(),
): { remove: JobRecord[]; dropLog: JobRecord[] } {
  const oldest = now - limits.historyDays * DAY_MS;
  const living = jobs.filter(isLiving);
  const remove: JobRecord[] = [];
  const dropLog: JobRecord[] = [];
  let total = living.reduce((sum, job) => sum + sizeOf(job), 0);
  let kept = 0;
  for (const job of jobs) {
    if (isLiving(job)) continue;
    const endedAt = job.endedAt ?? job.startedAt;
    if (now - endedAt < JUST_ENDED_MS || justEnded.has(job.id)) {
      kept++;
      total += sizeOf(job);
      continue;
    }
    if (kept >= limits.historyLimit || endedAt < oldest) {
      remove.push(job);
      continue;
    }
    kept++;
    const size = sizeOf(job);
    total += size;
    if (size > 0 && total > limits.maxTotalSize) dropLog.push(job);
  }
  return { remove, dropLog };
}

function isLiving({ status, leftBehind = 0 }: JobRecord): boolean {
  return status === 'queued' || status === 'running' || leftBehind > 0;
}
