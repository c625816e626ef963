import type { TextPage } from '../log/read/text-page.ts';
import { JobActivity } from './job-activity.ts';
import type { JobManager } from './manager.ts';

/** Bytes of text handed out at a time. */
const PAGE_SIZE = 64 * 1024;
/** How long (ms) an unfinished line rests before it is shown: what redraws itself all the time is then left out. */
const REST = 200;

/**
 * The log of a job from a cursor on, as it grows, until the job has ended and all is read, or the signal aborts.
 * An unfinished line (a prompt) is handed out once it has rested for a moment.
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
      const hasEnded = manager.jobs.get(id).status !== 'running';
      const page = manager.logs.readText(id, { cursor, maxBytes: PAGE_SIZE });
      const isNew = page.next > cursor;
      if (isNew && (!page.partial || rested || hasEnded || page.next < page.end)) {
        yield page;
        cursor = page.next;
        rested = false;
        continue;
      }
      if (hasEnded) return;
      // An unfinished line: shown when nothing came for a while.
      rested = isNew && (await rests(activity, version, signal));
      if (!isNew) await activity.since(version, signal);
    }
  } finally {
    activity.dispose();
  }
}

/** Whether nothing happens for a moment. */
async function rests(activity: JobActivity, version: number, signal: AbortSignal): Promise<boolean> {
  const pause = AbortSignal.timeout(REST);
  await activity.since(version, AbortSignal.any([signal, pause]));
  return activity.version === version;
}
