import type { TerminalSize } from '../../protocol/job-record.ts';
import type { TerminalMode } from '../../protocol/messages.ts';

/** The terminal of a job, at the side of the runner. */
export interface JobTerminal {
  /** How the program has set up the terminal. */
  readonly mode: TerminalMode;
  /** Whether the answer to a query would be shown if it was sent now. */
  readonly showsAnswers: boolean;
  /** @throws Error */
  resize(size: TerminalSize): void;
  /**
   * Drops the unread input if the next input has a key that sends a signal, such as Ctrl+C. The terminal does the same when
   * it gets the key (NOFLSH in termios(3)), but behind input that it cannot take, the key would never arrive.
   */
  makeWayFor(input: Uint8Array): void;
  /** Returns what types the end of the input. @param text is typed before it */
  endOfInput(text: string): string;
  close(): void;
}
