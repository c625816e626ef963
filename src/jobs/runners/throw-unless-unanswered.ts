import { RunnerGoneError } from './runner-gone-error.ts';
import { RunnerSilentError } from './runner-silent-error.ts';
import { UnknownJobError } from './unknown-job-error.ts';

/** For questions whose answer is unknown without the runner, or if it has forgotten the job. @throws any other error */
export function throwUnlessUnanswered(error: unknown): undefined {
  const kinds = [RunnerGoneError, RunnerSilentError, UnknownJobError];
  if (!kinds.some((kind) => error instanceof kind)) throw error;
}
