import type { JobManager } from '../../jobs/manager.ts';

const ASK_USER =
  ' asks for a secret. Call interact with ask_user, so that the user types it and you do not see it.';
const NO_EDITOR =
  ' asks for a secret, and this server has no editor in which the user could type it. If you may know it, send it ' +
  'with interact. Otherwise kill the job, and start it so that it needs none, such as with a key or a variable in env, or ' +
  'let the user run it in a terminal.';

const IS_ASKED = ' asks for a secret, and the user is being prompted for it.';

/**
 * Returns whole sentences that say who answers a job that asks for a secret.
 *
 * @param subject the job at the beginning of a sentence
 */
export function secretAdvice({ input: { requests } }: JobManager, id: string, subject: string): string {
  if (requests.stateOf(id) === 'open') return `${subject}${IS_ASKED}`;
  return `${subject}${requests.canAsk ? ASK_USER : NO_EDITOR}`;
}
