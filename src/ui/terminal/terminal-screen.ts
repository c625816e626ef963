import { widthOf } from '../../log/render/character-width.ts';
import { splitOpenSequence } from '../../log/render/open-sequence.ts';

/* eslint-disable no-control-regex -- terminals are controlled by control characters */

/** Longest incomplete sequence that is held back. */
const MAX_OPEN_LENGTH = 4096;
/** Matches output after which the cursor is at the start of a line. */
const AT_LINE_START = /(?:^|\n)(?:\x1b\[[0-?]*[ -/]*[@-~])*$/;

/** Cancels an incomplete sequence (CAN) and resets all colors. */
const RESET = '\x18\x1b[0m';
/** Gray rather than faint, since VS Code makes colors legible on any background. */
const gray = (text: string): string => `\x1b[90m${text}\x1b[0m`;

/**
 * Draws the terminal of a job: its output, our own remarks, and the line that the user is typing. To insert output, it
 * erases that line and draws it again after the output.
 */
export class TerminalScreen {
  readonly #write: (text: string) => void;
  #typed = '';
  #open = '';
  #isAtLineStart = true;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Shows output of the job. A line feed starts a new line, as the kernel does for terminals (ONLCR). */
  output(text: string): void {
    const [complete, open] = splitOpenSequence(this.#open + text, MAX_OPEN_LENGTH);
    this.#open = open;
    const shown = complete.replaceAll('\n', '\r\n');
    if (shown === '') return;
    this.#noteLineStart(shown);
    this.#write(erase(this.#typed) + shown + this.#typed);
  }

  /** Shows a remark of the extension on its own line. */
  remark(text: string): void {
    this.#open = '';
    const begin = this.#isAtLineStart ? '' : '\r\n';
    this.#isAtLineStart = true;
    this.#write(`${erase(this.#typed)}${RESET}${begin}${gray(text)}\r\n${this.#typed}`);
  }

  /** Shows the current state of the typed line. */
  typed(shown: string): void {
    const before = this.#typed;
    this.#typed = shown;
    if (shown.startsWith(before)) this.#write(shown.slice(before.length));
    else if (before.startsWith(shown)) this.#write(erase(before.slice(shown.length)));
    else this.#write(erase(before) + shown);
  }

  /** Ends the typed line with this text. */
  done(ending: string): void {
    this.#noteLineStart(this.#typed + ending);
    this.#typed = '';
    if (ending !== '') this.#write(ending);
  }

  #noteLineStart(written: string): void {
    if (written === '') return;
    // Colors alone do not move the cursor.
    this.#isAtLineStart = AT_LINE_START.test(this.#isAtLineStart ? written : `-${written}`);
  }
}

/**
 * Erases text that ends at the cursor. Backspace crosses the right margin only in reverse-wraparound mode (xterm, DECSET
 * 45), and only onto a wrapped line. Clearing from the first column would make the terminal forget that the line is
 * wrapped, so a space is written first.
 */
function erase(text: string): string {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns === 0 ? '' : `\x1b[?45h${'\b'.repeat(columns)} \x1b[J\b\x1b[X\x1b[?45l`;
}
