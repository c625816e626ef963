import { widthOf } from '../../log/render/character-width.ts';

/* eslint-disable no-control-regex -- terminals are told what to do with control characters */

/** An escape sequence at the end of some output that is not complete, such as a colour that is half written. */
const OPEN_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)$/;
/** UTF-16 units of such a sequence that are kept back. */
const MAX_OPEN = 4096;
/** The cursor is at the beginning of a line, whatever colour is on. */
const AT_LINE_START = /(?:^|\n)(?:\x1b\[[0-?]*[ -/]*[@-~])*$/;

/** Ends a sequence that was cut off (CAN), and all colours. */
const RESET = '\x18\x1b[0m';
/** Grey, and not faint: VS Code sees to it that a colour can be read on any background. */
const dim = (text: string): string => `\x1b[90m${text}\x1b[0m`;

/**
 * What a person sees in the terminal of a job: its output, our own remarks, and the line that is being typed. Output
 * goes before that line, which is taken away and drawn anew.
 */
export class TerminalScreen {
  readonly #write: (text: string) => void;
  #typed = '';
  #open = '';
  #isAtLineStart = true;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Shows output of the job. A line feed alone begins a new line, as the kernel has it for terminals (ONLCR). */
  output(text: string): void {
    const all = this.#open + text;
    const openAt = all.search(OPEN_SEQUENCE);
    const isOpen = openAt >= 0 && all.length - openAt <= MAX_OPEN;
    this.#open = isOpen ? all.slice(openAt) : '';
    const shown = (isOpen ? all.slice(0, openAt) : all).replaceAll('\n', '\r\n');
    if (shown === '') return;
    this.#noteLineStart(shown);
    this.#write(erase(this.#typed) + shown + this.#typed);
  }

  /** A remark of our own, on a line of its own. */
  remark(text: string): void {
    this.#open = '';
    const begin = this.#isAtLineStart ? '' : '\r\n';
    this.#isAtLineStart = true;
    this.#write(`${erase(this.#typed)}${RESET}${begin}${dim(text)}\r\n${this.#typed}`);
  }

  /** The line that is being typed looks so now. */
  typed(shown: string): void {
    const before = this.#typed;
    this.#typed = shown;
    if (shown.startsWith(before)) this.#write(shown.slice(before.length));
    else if (before.startsWith(shown)) this.#write(erase(before.slice(shown.length)));
    else this.#write(erase(before) + shown);
  }

  /** The line that is being typed stays as it is, followed by this. */
  done(ending: string): void {
    this.#noteLineStart(this.#typed + ending);
    this.#typed = '';
    if (ending !== '') this.#write(ending);
  }

  #noteLineStart(written: string): void {
    if (written === '') return;
    // Colours alone do not move the cursor.
    this.#isAtLineStart = AT_LINE_START.test(this.#isAtLineStart ? written : `-${written}`);
  }
}

/**
 * Takes text away that ends at the cursor. Backspace goes back over the right margin only in the mode for that
 * (xterm, DECSET 45), and only onto a line that goes on. Clearing from the first column on would make the terminal
 * forget that it does: hence the blank.
 */
function erase(text: string): string {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns === 0 ? '' : `\x1b[?45h${'\b'.repeat(columns)} \x1b[J\b\x1b[X\x1b[?45l`;
}
