import type { EndedBy, JobRecord } from '../protocol/job-record.ts';
import type { ChildEnd } from './posix/child-exits.ts';

interface Causes {
  /** Who requested the kill that took effect. */
  readonly killedBy: EndedBy | undefined;
  /** Who sent the interrupt (Ctrl+C) before the end. */
  readonly interruptedBy: EndedBy | undefined;
}

/** Returns what the record says about how a job ended. */
export function describeEnd(
  { code, signal }: ChildEnd,
  { killedBy, interruptedBy }: Causes,
): Pick<JobRecord, 'status' | 'endedBy' | 'exitCode' | 'signal'> {
  // A program that handles an interrupt, and then reports success, has done what it was asked to do.
  const isKilled = signal !== null || killedBy !== undefined || (interruptedBy !== undefined && code !== 0);
  return {
    status: isKilled ? 'killed' : code === 0 ? 'completed' : 'failed',
    endedBy: killedBy ?? interruptedBy ?? 'itself',
    ...(code !== null && { exitCode: code }),
    ...(signal !== null && { signal }),
  };
}
