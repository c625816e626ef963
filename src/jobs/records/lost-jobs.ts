import { LogReader } from '../../log/read/log-reader.ts';
import { isElsewhere } from '../../processes/process-table.ts';
import { systemProcessTable } from '../../processes/system-process-table.ts';
import { killTree } from '../../processes/tree-kill.ts';
import { graceOf, type JobRecord } from '../../protocol/job-record.ts';
import type { Journal } from '../../protocol/journal.ts';
import { logFolder } from '../../protocol/log-folder.ts';

/** The end of a job that was queued when its runner died. */
const UNSTARTED = {
  status: 'failed',
  endedBy: 'itself',
  error: 'It was queued when its runner died, so it was not started. Restart it.',
  durationMs: 0,
  outputEnd: 0,
  leftBehind: 0,
} as const satisfies Partial<JobRecord>;

/**
 * Ends the processes of a job whose runner died, and records that its end is unknown. A queued job has no processes, and is
 * recorded as failed. It does not start in another runner: no one may expect that any more, and what it waited for is lost.
 *
 * @param storage the storage folder
 * @returns the new record; the old one if the processes are on another machine or cannot be listed now. The next load
 *   tries again.
 */
export async function markLost(job: JobRecord, journal: Journal, storage: string): Promise<JobRecord> {
  let end: Partial<JobRecord>;
  try {
    const own = await systemProcessTable().bootId();
    // Its runner may be alive there.
    if (isElsewhere(job.bootId, own)) return job;
    end = job.status === 'queued' ? UNSTARTED : await sweep(job, own, storage);
  } catch {
    // The processes cannot be listed, or the log cannot be read.
    return job;
  }
  return record(journal, { ...job, ...end, endedAt: Date.now() });
}

function record(journal: Journal, job: JobRecord): JobRecord {
  try {
    journal.recordJob(job);
  } catch {
    // The storage cannot be written. The next manager finds the job unchanged, and comes to the same result.
  }
  return job;
}

/** Ends the processes of a job that ran. @param own the boot id of this machine @throws if they cannot be listed */
async function sweep(job: JobRecord, own: string, storage: string): Promise<Partial<JobRecord>> {
  const { id, pid, pidStarted = '', bootId } = job;
  const root = { id, pid, started: pidStarted };
  const options = { signal: 'SIGTERM', graceMs: graceOf(job), exited: Promise.resolve() } as const;
  // After a restart of the system its processes are gone, and its pid means another process.
  const leftBehind =
    bootId === own ? (await killTree(systemProcessTable(), root, options)).survivors.length : 0;
  const outputEnd = new LogReader(logFolder(storage, id)).range().end;
  return { status: 'lost', outputEnd, leftBehind, readySince: undefined };
}
