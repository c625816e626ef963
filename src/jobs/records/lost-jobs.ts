import { LogReader } from '../../log/read/log-reader.ts';
import { isElsewhere } from '../../processes/process-table.ts';
import { systemProcessTable } from '../../processes/system-process-table.ts';
import { killTree } from '../../processes/tree-kill.ts';
import { graceOf, type JobRecord } from '../../protocol/job-record.ts';
import type { Journal } from '../../protocol/journal.ts';
import { logFolder } from '../../protocol/log-folder.ts';

/**
 * Ends the processes of a job whose runner died, and records that its end is unknown. A queued job has no processes, and is
 * recorded as failed. It does not start in another runner: no one may expect that any more, and what it waited for is lost.
 *
 * @param storage the storage folder
 * @returns the new record; the old one if the processes are on another machine or cannot be listed now. The next load
 *   tries again.
 */
export async function markLost(job: JobRecord, journal: Journal, storage: string): Promise<JobRecord> {
  if (job.status === 'queued') return record(journal, unstarted(job));
  let leftBehind: number | undefined;
  let outputEnd: number;
  try {
    leftBehind = await sweep(job);
    outputEnd = new LogReader(logFolder(storage, job.id)).range().end;
  } catch {
    // The processes cannot be listed, or the log cannot be read.
    return job;
  }
  if (leftBehind === undefined) return job;
  const end = { status: 'lost', endedAt: Date.now(), outputEnd, leftBehind, readySince: undefined } as const;
  return record(journal, { ...job, ...end });
}

function unstarted(job: JobRecord): JobRecord {
  return {
    ...job,
    status: 'failed',
    endedBy: 'itself',
    error: 'It was queued when its runner died, so it was not started. Restart it.',
    endedAt: Date.now(),
    durationMs: 0,
    outputEnd: 0,
    leftBehind: 0,
  };
}

function record(journal: Journal, job: JobRecord): JobRecord {
  try {
    journal.recordJob(job);
  } catch {
    // The storage cannot be written. The next manager finds the job unchanged, and comes to the same result.
  }
  return job;
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
