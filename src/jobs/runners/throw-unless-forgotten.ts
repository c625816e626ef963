import { RunnerGoneError } from './runner-gone-error.ts';
import { UnknownJobError } from './unknown-job-error.ts';

/** For requests about a finished job, which the manager can carry out without a runner. @throws any other error */
export function throwUnlessForgotten(error: unknown): undefined {
  if (!(error instanceof RunnerGoneError || error instanceof UnknownJobError)) throw error;
}
