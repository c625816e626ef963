import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

let reserve: number | undefined;

/**
 * Runs what needs one file descriptor for a moment, also when the process has none left: for this one is kept
 * aside. So jobs can still be killed and recorded when too many of them run. The action may run twice.
 *
 * @param action synchronous, and needs no more than one descriptor at a time
 * @throws what the action throws
 */
export function withDescriptor<T>(action: () => T): T {
  reserve ??= open();
  try {
    return action();
  } catch (error) {
    if (!isOutOfDescriptors(error) || reserve === undefined) throw error;
    closeSync(reserve);
    reserve = undefined;
    try {
      return action();
    } finally {
      reserve = open();
    }
  }
}

/** EMFILE: this process has none left; ENFILE: the whole system has none (open(2)). */
export function isOutOfDescriptors(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EMFILE' || code === 'ENFILE';
}

function open(): number | undefined {
  try {
    return openSync(devNull, 'r');
  } catch {
    return undefined;
  }
}
