import type { JobRecord } from '../protocol/job-record.ts';
import type { Limits } from './limits.ts';

/** A job that ended so recently (ms) stays: whoever waited for it is about to read it. */
export const JUST_NOW = 60_000;
const DAY = 24 * 60 * 60 * 1000;

/**
 * What must go to keep the history within its bounds: whole jobs that are too many or too old, and the logs of the
 * oldest finished ones when all logs together are too large. Jobs with living processes are never touched.
 *
 * @param jobs newest first
 * @param sizeOf bytes of a job's log on the disk
 * @param now ms since the Unix epoch
 * @param justEnded ids of jobs that ended just now whatever their times say: the clock may have been set since
 */
export function choosePruning(
  jobs: readonly JobRecord[],
  sizeOf: (job: JobRecord) => number,
  limits: Pick<Limits, 'historyLimit' | 'historyDays' | 'maxTotalSize'>,
  now: number,
  justEnded: ReadonlySet<string> = new Set(),
): { remove: JobRecord[]; dropLog: JobRecord[] } {
  const oldest = now - limits.historyDays * DAY;
  const living = jobs.filter(isLiving);
  const remove: JobRecord[] = [];
  const dropLog: JobRecord[] = [];
  let total = living.reduce((sum, job) => sum + sizeOf(job), 0);
  let kept = 0;
  for (const job of jobs) {
    if (isLiving(job)) continue;
    const endedAt = job.endedAt ?? job.startedAt;
    if (now - endedAt < JUST_NOW || justEnded.has(job.id)) {
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
  return status === 'running' || leftBehind > 0;
}
