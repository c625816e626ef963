import { RunnerGoneError } from './runner-gone-error.ts';
import { RunnerSilentError } from './runner-silent-error.ts';

/** For questions whose answer is unknown if the runner has exited or does not answer. @throws any other error */
export function throwUnlessUnanswered(error: unknown): undefined {
  if (!(error instanceof RunnerGoneError || error instanceof RunnerSilentError)) throw error;
}
