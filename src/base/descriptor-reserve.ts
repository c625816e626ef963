import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

let reserve: number | undefined;

/**
 * Runs an action that needs one file descriptor, even if the process has none left, because one is reserved for it. So
 * jobs can still be killed and recorded if too many of them are running. The action may run twice.
 *
 * @param action synchronous, and needs at most one descriptor at a time
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

/** Returns true for EMFILE (this process has no descriptor left) and ENFILE (the system has none). See open(2). */
export function isOutOfDescriptors(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EMFILE' || code === 'ENFILE';
}

function open(): number | undefined {
  try {
    return openSync(devNull, 'r');
  } catch {
    // There is none left to reserve.
    return undefined;
  }
}
