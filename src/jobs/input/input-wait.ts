import type { InputState } from '../../protocol/messages.ts';
import { MIN_QUIET_MS } from '../../protocol/quiet-time.ts';
import type { LastLine } from '../output/job-logs.ts';

/**
 * How a job waits for input. `line`: it reads, and waits for nothing else. `hidden`: the same, and its terminal does not
 * show what is typed, as for a password. `likely`: a guess.
 */
export type InputWait = 'line' | 'hidden' | 'likely';

/** How quiet a job must be for a guess. */
export const GUESS_QUIET_MS = 1000;

/** Matches a line that asks, such as `Name: `, `Continue? [Y/n] ` and `> `. A default may follow the question. */
const PROMPT = /[?:>$#%»›❯)\]]\s*$|[?:»›❯]\s/u;
const SECRET = /pass(?:word|phrase|code)|\bPIN\b|\bsecret\b|\btoken\b|\botp\b|verification code/i;

/** Decides whether a job waits for input. @param readLine is called only for a guess */
export function judgeInput(
  { reader, terminal, quietMs, unansweredMs = 0 }: InputState,
  readLine: () => LastLine,
): InputWait | undefined {
  if (reader === 'none') return undefined;
  // A process that is blocked in a read waits, whatever other processes of the job print.
  const isBlocked = reader === 'only' && unansweredMs >= MIN_QUIET_MS;
  if (quietMs < MIN_QUIET_MS && !isBlocked) return undefined;
  // Programs that edit lines themselves turn both off.
  const isHidden = terminal?.hasEcho === false && terminal.isCanonical;
  if (isHidden && (reader !== 'unknown' || quietMs >= GUESS_QUIET_MS)) return 'hidden';
  if (reader === 'only') return 'line';
  if (quietMs < GUESS_QUIET_MS) return undefined;
  const readsKeys = reader !== 'unknown' && terminal?.isCanonical === false;
  // A menu may end with a line break.
  if (readsKeys && reader === 'timed') return 'likely';
  const { text, isUnfinished } = readLine();
  return isUnfinished && (readsKeys || PROMPT.test(text)) ? 'likely' : undefined;
}

/** Returns true if a line seems to ask for something that agents should not see. */
export function asksForSecret({ text, isUnfinished }: LastLine): boolean {
  return isUnfinished && SECRET.test(text) && PROMPT.test(text);
}
