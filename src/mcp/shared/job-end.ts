import type { JobRecord } from '../../protocol/job-record.ts';

/** Returns how a job ended, as the predicate of a sentence. */
export function howItEnded({ status, exitCode, signal, endedBy }: JobRecord): string {
  if (endedBy === 'timeout') return 'was killed by its timeout';
  if (status === 'failed' && exitCode !== undefined) return `failed (exit code ${exitCode})`;
  if (status === 'killed')
    return endedBy === 'person' ? 'was killed by the user' : `was killed (${signal ?? 'by a request'})`;
  return status === 'lost' ? 'was lost' : status;
}
