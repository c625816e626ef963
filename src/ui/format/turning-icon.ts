import type { JobRecord } from '../../protocol/job-record.ts';

/**
 * For how long the icon of a job turns after its start. VS Code draws a turning icon 20 times a second while it is in sight:
 * for a server that runs all day, that would be all day.
 */
const TURNING_MS = 60_000;

/** Returns for how long the icon of a job will still turn, in ms. It is 0 if the icon stands still. */
export function turningMs({ status, readySince, startedAt }: JobRecord, now = Date.now()): number {
  if (status !== 'running' || readySince !== undefined) return 0;
  return Math.min(TURNING_MS, Math.max(0, startedAt + TURNING_MS - now));
}
