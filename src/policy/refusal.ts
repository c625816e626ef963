import { shorten } from '../base/shorten.ts';

/** Characters of a command line that a message shows. */
const MAX_SHOWN = 120;
/** Of a reason, which may hold a word of it. */
const MAX_REASON = 240;

/** A part of a command line must not run, or cannot be judged. The message is made of whole sentences. */
export class PolicyRefusal extends Error {}

/** A part of a command line, as messages show it. */
export function shown(part: string): string {
  return JSON.stringify(shorten(part, MAX_SHOWN));
}

/**
 * What a part does cannot be known before it runs.
 *
 * @param part as it stands in the command line
 * @param why a clause that goes on with "because"
 * @param advice a sentence
 */
export function unclear(part: string, why: string, advice = 'Write out the command to run.'): PolicyRefusal {
  return new PolicyRefusal(
    `The command policy cannot judge ${shown(part)}, because ${shorten(why, MAX_REASON)}. ${advice}`,
  );
}
