import { createHash, randomUUID } from 'node:crypto';
import { open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** For so long, the notice of one window about an event is the notice of all windows. They learn of it at the same time. */
const CLAIM_MS = 10_000;

/**
 * Returns true if this window is to show a notice, and no other window that has the same folder open.
 *
 * @param folder the log folder of the job
 * @param what the event that the notice is about
 */
export type ClaimNotice = (folder: string, what: string) => Promise<boolean>;

/** How long a window without the focus waits, so that the one that the user looks at shows the notice. */
const YIELD_MS = 500;

interface ClaimOptions {
  /** Returns true if the user looks at this window. */
  readonly isFocused: () => boolean;
  readonly window?: string;
  readonly now?: () => number;
  /** Waits as a window without the focus does. */
  readonly yields?: () => Promise<unknown>;
}

/** Makes the claims of one window: files in the folder of the job, which go with it. */
export function noticeClaims({
  isFocused,
  window = randomUUID(),
  now = Date.now,
  yields = () => delay(YIELD_MS),
}: ClaimOptions): ClaimNotice {
  return async (folder, what) => {
    if (!isFocused()) await yields();
    const event = createHash('sha256').update(what).digest('hex').slice(0, 16);
    const path = join(folder, `notice-${event}`);
    try {
      if (await create(path, window)) return true;
      if ((await readFile(path, 'utf8')) === window) return true;
      if (now() - (await stat(path)).mtimeMs < CLAIM_MS) return false;
      // It belongs to an earlier event.
      await unlink(path);
      return await create(path, window);
    } catch {
      // The job is being removed, or the folder cannot be written. Two notices are better than none.
      return true;
    }
  };
}

/** @returns false if the file exists */
async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
