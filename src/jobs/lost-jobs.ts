import type { Journal } from '../protocol/journal.ts';
import { killTree } from '../processes/tree-kill.ts';
import { isElsewhere } from '../processes/process-table.ts';
import { systemProcessTable } from '../processes/system-process-table.ts';
import type { JobRecord } from '../protocol/job-record.ts';

/** Grace (ms) for processes that have lost their runner. */
const GRACE = 2000;

/**
 * A job whose runner died: ends what is left of it, and records that nobody can know how it went.
 *
 * @returns the job as it is recorded now; as it was when its processes cannot be looked for, because they are another
 * machine's, or just now: then it is tried again
 */
export async function markLost(job: JobRecord, journal: Journal): Promise<JobRecord> {
  try {
    if (!(await sweep(job))) return job;
  } catch {
    return job;
  }
  const lost: JobRecord = { ...job, status: 'lost', endedAt: Date.now() };
  try {
    journal.recordJob(lost);
  } catch {
    // The storage cannot be written: then the next manager comes to the same end.
  }
  return lost;
}

/** @returns false when the job belongs to another machine */
async function sweep({ id, pid, pidStarted, bootId }: JobRecord): Promise<boolean> {
  const processes = systemProcessTable();
  const own = await processes.bootId();
  if (isElsewhere(bootId, own)) return false;
  // After a restart of the system none of its processes is left, and its pid means another.
  if (bootId !== own) return true;
  await killTree(
    processes,
    { id, pid, started: pidStarted ?? '' },
    { signal: 'SIGTERM', graceMs: GRACE, exited: Promise.resolve() },
  );
  return true;
}
