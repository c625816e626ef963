import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, stat, unlink } from 'node:fs/promises';
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
    try {
      for (;;) {
        const last = await lastClaim(folder, event);
        if (last !== undefined && now() - last.claimedAt < CLAIM_MS && last.window !== window) return false;
        // Also for a window that has the last claim, since the others would take that for the claim of an earlier event.
        if (!(await create(pathOf(folder, event, (last?.number ?? 0) + 1), window))) continue;
        if (last !== undefined) await unlink(pathOf(folder, event, last.number));
        return true;
      }
    } catch {
      // The job is being removed, or the folder cannot be written. Two notices are better than none.
      return true;
    }
  };
}

interface Claim {
  readonly number: number;
  readonly window: string;
  readonly claimedAt: number;
}

/** Returns the file of a claim. The claims of an event are numbered, so that only one window can make the next one. */
function pathOf(folder: string, event: string, number: number): string {
  return join(folder, `notice-${event}-${number}`);
}

async function lastClaim(folder: string, event: string): Promise<Claim | undefined> {
  const prefix = `notice-${event}-`;
  for (;;) {
    const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
    if (names.length === 0) return undefined;
    const number = Math.max(...names.map((name) => Number(name.slice(prefix.length))));
    const path = pathOf(folder, event, number);
    try {
      return { number, window: await readFile(path, 'utf8'), claimedAt: (await stat(path)).mtimeMs };
    } catch (error) {
      // Another window has just made the next claim.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
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
