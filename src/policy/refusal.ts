import { shorten } from '../base/shorten.ts';

/** Characters of a command line that a message shows. */
const MAX_SHOWN_CHARS = 120;
/** Characters of a reason, which may quote a word of the command line. */
const MAX_REASON_CHARS = 240;

/** Reports that a part of a command line must not run or cannot be judged. The message consists of whole sentences. */
export class PolicyRefusal extends Error {}

/** Returns a part of a command line as messages show it. */
export function shown(part: string): string {
  return JSON.stringify(shorten(part, MAX_SHOWN_CHARS));
}

/**
 * Makes the refusal of a part that the policy does not allow.
 *
 * @param why a clause
 * @param advice a sentence
 * @param context where the part is, after a space
 */
export function refused(part: string, why: string, advice: string, context = ''): PolicyRefusal {
  return new PolicyRefusal(`The command policy refuses ${shown(part)}${context}: ${why}. ${advice}`);
}

/**
 * Makes the refusal of a part whose effect is unknown until it runs.
 *
 * @param why a clause that continues after "because"
 * @param advice a sentence
 */
export function unclear(part: string, why: string, advice = 'Write out the command to run.'): PolicyRefusal {
  return new PolicyRefusal(
    `The command policy cannot judge ${shown(part)}, because ${shorten(why, MAX_REASON_CHARS)}. ${advice}`,
  );
}

/** Makes the refusal of a command that starts a shell. */
export function startsShell(source: string): PolicyRefusal {
  return refused(source, 'it starts a shell, whose input cannot be checked', 'Name the command to run.');
}
