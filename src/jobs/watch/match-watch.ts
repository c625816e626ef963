import { setTimeout as delay } from 'node:timers/promises';
import { isFinished } from '../../protocol/job-record.ts';
import type { JobLogs } from '../output/job-logs.ts';
import { JobActivity } from '../records/job-activity.ts';
import type { KnownJobs } from '../records/known-jobs.ts';

/** Lines that match within this time are reported together. Each search also needs a worker thread. */
const PAUSE_MS = 500;
/** Part of the time that searches may take while a job prints without a pause. */
const MAX_SEARCH_SHARE = 0.25;
const MAX_MATCHES = 1000;
/** Longest line that is reported, in characters. */
const MAX_LINE_LENGTH = 500;

/** Lines of a job that match a pattern. */
interface MatchedLines {
  readonly count: number;
  /** The last of them. */
  readonly line: string;
  /** Its end. */
  readonly cursor: number;
}

interface MatchWatch {
  readonly jobs: KnownJobs;
  readonly logs: JobLogs;
  readonly id: string;
  readonly pattern: string;
  /** Where to begin. */
  readonly cursor: number;
  readonly signal: AbortSignal;
  readonly onMatch: (found: MatchedLines) => void;
}

/**
 * Reports the lines of a job that match a pattern, until it has ended. Stops without an error if the pattern takes too
 * long or the job is removed.
 */
export async function watchMatches(watch: MatchWatch): Promise<void> {
  const { jobs, logs, id, pattern, signal, onMatch } = watch;
  const activity = new JobActivity(jobs, id);
  /** Up to here, lines were reported. The search may return to the beginning of an unfinished line. */
  let reported = watch.cursor;
  let { cursor } = watch;
  try {
    while (!signal.aborted) {
      const { version } = activity;
      // Read the status before the log: if the job has ended, its last bytes are there.
      const hasEnded = isFinished(jobs.get(id));
      const begin = performance.now();
      const request = { cursor, pattern, context: 0, maxMatches: MAX_MATCHES };
      const { matches, next, more } = await logs.search(id, request, signal);
      const searchMs = performance.now() - begin;
      const found = matches.filter(({ end }) => end > reported);
      const last = found.at(-1);
      if (last !== undefined) {
        reported = last.end;
        onMatch({ count: found.length, line: last.text.slice(0, MAX_LINE_LENGTH), cursor: last.end });
      }
      cursor = next;
      if (more) continue;
      if (hasEnded) return;
      await activity.since(version, signal);
      const pauseMs = Math.max(PAUSE_MS, searchMs / MAX_SEARCH_SHARE);
      if (!isFinished(jobs.get(id))) await delay(pauseMs, undefined, { signal, ref: false });
    }
  } catch {
    // The watch was stopped, the job was removed, or the pattern takes too long. The other events still work.
  } finally {
    activity.dispose();
  }
}
