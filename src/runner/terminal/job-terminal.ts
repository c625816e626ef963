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
   * Drops the input that no process has read if a key in the next input sends a signal. The terminal does so itself when
   * the key reaches it (NOFLSH in termios(3)), which it would not behind input that it cannot take.
   */
  makeWayFor(input: Uint8Array): void;
  /** Returns what types the end of the input. @param text is typed before it */
  endOfInput(text: string): string;
  close(): void;
}
