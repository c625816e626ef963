import type { TextPage } from '../log/read/text-page.ts';
import { isFinished } from '../protocol/job-record.ts';
import type { JobManager } from './manager.ts';
import { JobActivity } from './records/job-activity.ts';

/** Largest piece of text that is returned at once. */
const PAGE_BYTES = 64 * 1024;
/** How long an unfinished line must stay unchanged before it is shown. Lines that redraw all the time are not. */
const REST_MS = 200;

/**
 * Follows the log of a job from a cursor until the job has exited and everything is read, or the signal aborts. An
 * unfinished line, such as a prompt, is returned after it has stayed unchanged for a moment.
 */
export async function* follow(
  manager: JobManager,
  id: string,
  cursor: number,
  signal: AbortSignal,
): AsyncGenerator<TextPage> {
  const activity = new JobActivity(manager.jobs, id);
  let rested = false;
  try {
    while (!signal.aborted) {
      const { version } = activity;
      const hasEnded = isFinished(manager.jobs.get(id));
      const page = manager.logs.readText(id, { cursor, maxBytes: PAGE_BYTES });
      const isNew = page.next > cursor;
      if (isNew && (!page.partial || rested || hasEnded || page.next < page.end)) {
        yield page;
        cursor = page.next;
        rested = false;
        continue;
      }
      if (hasEnded) return;
      // An unfinished line is shown if nothing follows for a while.
      rested = isNew && (await rests(activity, version, signal));
      if (!isNew) await activity.since(version, signal);
    }
  } finally {
    activity.dispose();
  }
}

/** Returns true if nothing happens for a moment. */
async function rests(activity: JobActivity, version: number, signal: AbortSignal): Promise<boolean> {
  const pause = AbortSignal.timeout(REST_MS);
  await activity.since(version, AbortSignal.any([signal, pause]));
  return activity.version === version;
}
