import { setTimeout as delay } from 'node:timers/promises';

/**
 * What Windows answers while another process has a file open, such as a virus scanner, or while a removed file still has
 * its name because somebody has it open.
 */
const BUSY: ReadonlySet<string> = new Set(['EPERM', 'EBUSY', 'EACCES']);
/** How long to try again, and the first and the longest pause. */
const TIMEOUT_MS = 500;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 100;

/**
 * Calls a function of the file system again for a moment if a file is busy, which passes on Windows. It blocks meanwhile.
 *
 * @throws the error of the last call
 */
export function whenFree<T>(action: () => T): T {
  if (process.platform !== 'win32') return action();
  const pauses = new Pauses();
  for (;;) {
    try {
      return action();
    } catch (error) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauses.after(error));
    }
  }
}

/** Does the same without blocking. */
export async function whenFreeAsync<T>(action: () => Promise<T>): Promise<T> {
  if (process.platform !== 'win32') return action();
  const pauses = new Pauses();
  for (;;) {
    try {
      return await action();
    } catch (error) {
      await delay(pauses.after(error));
    }
  }
}

class Pauses {
  readonly #deadline = performance.now() + TIMEOUT_MS;
  #next = FIRST_PAUSE_MS;

  /** Returns the pause, in ms, before the next attempt. @throws the error if there should be none */
  after(error: unknown): number {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!BUSY.has(code) || performance.now() >= this.#deadline) throw error;
    const pause = this.#next;
    this.#next = Math.min(pause * 2, LONGEST_PAUSE_MS);
    return pause;
  }
}
