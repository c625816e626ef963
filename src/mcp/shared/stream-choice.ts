import { JobError } from '../../base/job-error.ts';
import type { Stream } from '../../log/store/log-segments.ts';
import type { JobRecord } from '../../protocol/job-record.ts';

/**
 * Returns the stream that a call is limited to.
 *
 * @throws JobError if that is the stderr of a job whose streams share a pipe
 */
export function streamOf(choice: 'both' | Stream, job: JobRecord): Stream | undefined {
  // With sockets, each stream has its own in any case. A terminal has no stderr.
  const isMerged = job.mergeStderr && job.capture !== 'socket' && job.capture !== 'terminal';
  if (choice === 'stderr' && isMerged) {
    throw new JobError(
      'stdout and stderr of this job share one stream, so that their order is exact. Use stream="both". ' +
        'To read stderr alone, start the job with stderr="separate".',
    );
  }
  return choice === 'both' ? undefined : choice;
}
