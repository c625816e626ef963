import type { JobManager } from '../../jobs/manager.ts';

const ASK_USER =
  ' asks for a secret. Call interact with ask_user, so that the user types it and you do not see it.';
const NO_EDITOR =
  ' asks for a secret, and this server has no editor in which the user could type it. If you may know it, send it ' +
  'with interact. Otherwise kill the job, and start it so that it needs none, such as with a key or a variable in env, or ' +
  'let the user run it in a terminal.';

/** Returns whole sentences that say who answers a job that asks for a secret. @param job begins them */
export function secretAdvice(manager: JobManager, job: string): string {
  return `${job}${manager.input.requests.canAsk ? ASK_USER : NO_EDITOR}`;
}
