import type { PseudoConsole } from '../../processes/windows/pseudo-console.ts';
import type { TerminalMode } from '../../protocol/messages.ts';
import type { JobTerminal } from '../terminal/job-terminal.ts';

/** The pseudoconsole of a job on Windows, as a terminal. */
export class ConsoleTerminal implements JobTerminal {
  /** Only programs on a console can see its mode. These are its defaults, and lines of any length are taken. */
  readonly mode: TerminalMode = { hasEcho: true, isCanonical: false, hasSignals: true };
  /** Programs ask the console, which answers by itself. What it asks in turn is not for the program. */
  readonly showsAnswers = false;
  readonly resize: JobTerminal['resize'];
  readonly close: JobTerminal['close'];

  constructor(console: Pick<PseudoConsole, 'resize' | 'close'>) {
    this.resize = (size) => console.resize(size);
    this.close = () => void console.close();
  }

  makeWayFor(): void {
    // The console reads its input before the program does, so a key is never held up.
  }

  /** Ctrl+Z at the start of a line, and Enter. */
  endOfInput(text: string): string {
    return `${/[^\r\n]$/.test(text) ? '\r' : ''}\x1a\r`;
  }
}
