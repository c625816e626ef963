import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';

/** What xterm sends for keys that no mode changes (xterm control sequences, "PC-Style Function Keys"). */
const PLAIN_KEYS = new Map(
  Object.entries({
    enter: '\r',
    tab: '\t',
    'shift-tab': '\x1b[Z',
    esc: '\x1b',
    space: ' ',
    backspace: '\x7f',
    delete: '\x1b[3~',
    'page-up': '\x1b[5~',
    'page-down': '\x1b[6~',
    f1: '\x1bOP',
    f2: '\x1bOQ',
    f3: '\x1bOR',
    f4: '\x1bOS',
    f5: '\x1b[15~',
    f6: '\x1b[17~',
    f7: '\x1b[18~',
    f8: '\x1b[19~',
    f9: '\x1b[20~',
    f10: '\x1b[21~',
    f11: '\x1b[23~',
    f12: '\x1b[24~',
  }),
);

/** Final characters of keys that send `ESC O x` in application cursor mode (DECCKM), and else `ESC [ x`. */
const CURSOR_KEYS = new Map(
  Object.entries({
    up: 'A',
    down: 'B',
    right: 'C',
    left: 'D',
    home: 'H',
    end: 'F',
  }),
);

/** Names of all keys, for descriptions and messages. */
export const KEY_NAMES =
  'enter, tab, shift-tab, esc, space, backspace, delete, up, down, left, right, home, end, page-up, page-down, ' +
  'f1 to f12, ctrl-a to ctrl-z, any character, alt- and a character';

/**
 * Returns what a terminal sends for a key.
 *
 * @param name see KEY_NAMES
 * @param hasApplicationKeys the program has set application cursor mode
 * @throws JobError if there is no such key
 */
export function bytesOfKey(name: string, hasApplicationKeys: boolean): string {
  const key = name.toLowerCase();
  const plain = PLAIN_KEYS.get(key);
  if (plain !== undefined) return plain;
  const final = CURSOR_KEYS.get(key);
  if (final !== undefined) return `\x1b${hasApplicationKeys ? 'O' : '['}${final}`;
  const control = /^ctrl-([a-z])$/.exec(key)?.[1];
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) - 0x60);
  // The character as it is: with Shift it is another one.
  const [, alt, character] = /^(alt-)?(\S)$/iu.exec(name) ?? [];
  if (character !== undefined) return alt === undefined ? character : `\x1b${character}`;
  throw new JobError(`There is no key ${quote(name, 40)}. The keys are: ${KEY_NAMES}.`);
}

/** Returns true if what a key sends depends on the mode of the terminal. */
export function isCursorKey(name: string): boolean {
  return CURSOR_KEYS.has(name.toLowerCase());
}
