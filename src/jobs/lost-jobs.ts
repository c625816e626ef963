import { isElsewhere } from '../processes/process-table.ts';
import { systemProcessTable } from '../processes/system-process-table.ts';
import { killTree } from '../processes/tree-kill.ts';
import { graceOf, type JobRecord } from '../protocol/job-record.ts';
import type { Journal } from '../protocol/journal.ts';

/**
 * Ends the processes of a job whose runner died, and records that its end is unknown.
 *
 * @returns the new record; the old one if the processes are on another machine or cannot be listed now. The next load
 *   tries again.
 */
export async function markLost(job: JobRecord, journal: Journal): Promise<JobRecord> {
  let leftBehind: number | undefined;
  try {
    leftBehind = await sweep(job);
  } catch {
    // The processes cannot be listed.
    return job;
  }
  if (leftBehind === undefined) return job;
  const lost: JobRecord = { ...job, status: 'lost', endedAt: Date.now(), leftBehind };
  try {
    journal.recordJob(lost);
  } catch {
    // The storage cannot be written. The next manager finds the job unchanged, and comes to the same result.
  }
  return lost;
}

/** @returns how many processes could not be ended; undefined if the job belongs to another machine */
async function sweep(job: JobRecord): Promise<number | undefined> {
  const { id, pid, pidStarted = '', bootId } = job;
  const processes = systemProcessTable();
  const own = await processes.bootId();
  if (isElsewhere(bootId, own)) return undefined;
  // After a restart of the system its processes are gone, and its pid means another process.
  if (bootId !== own) return 0;
  const root = { id, pid, started: pidStarted };
  const options = { signal: 'SIGTERM', graceMs: graceOf(job), exited: Promise.resolve() } as const;
  return (await killTree(processes, root, options)).survivors.length;
}
