import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import { bytesOfKey } from './terminal-keys.ts';

/** Keys that are plain characters. */
const CHARACTERS = new Map([
  ['enter', '\n'],
  ['tab', '\t'],
  ['space', ' '],
]);

/** What keys mean to a job without a terminal. */
interface PipeKeys {
  readonly text: string;
  /** Ctrl+D: closes stdin. */
  readonly isEnd: boolean;
  /** Ctrl+C: sends SIGINT. */
  readonly isInterrupt: boolean;
}

/**
 * Reads the keys that are pressed for a job without a terminal.
 *
 * @param followsInput whether there is input before the keys
 * @throws JobError for a key that has no meaning without a terminal
 */
export function keysForPipe(keys: readonly string[], followsInput: boolean): PipeKeys {
  const pressed = keys.map((key) => key.toLowerCase());
  if (pressed.includes('ctrl-c')) {
    if (pressed.length > 1 || followsInput)
      throw new JobError(
        'This job has no terminal, so ctrl-c interrupts it. Send it alone, in a call of its own.',
      );
    return { text: '', isEnd: false, isInterrupt: true };
  }
  const isEnd = pressed.at(-1) === 'ctrl-d';
  const texts = (isEnd ? keys.slice(0, -1) : keys).map(
    (key) => CHARACTERS.get(key.toLowerCase()) ?? refuse(key),
  );
  return { text: texts.join(''), isEnd, isInterrupt: false };
}

function refuse(key: string): never {
  // Reports names that no key has.
  bytesOfKey(key, false);
  if (key.toLowerCase() === 'ctrl-d') throw new JobError('ctrl-d ends the input. Let it be the last key.');
  throw new JobError(
    `This job has no terminal, so it takes only the keys enter, tab, space, ctrl-c and ctrl-d, not ${quote(key, 40)}. ` +
      'Send text as input, or start the job again with tty=true.',
  );
}
