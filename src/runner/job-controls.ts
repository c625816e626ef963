import { setImmediate } from 'node:timers/promises';
import type { EndedBy, TerminalSize } from '../protocol/job-record.ts';
import type { InputState, InputStateParams, WriteResult } from '../protocol/messages.ts';
import { MIN_QUIET_MS } from '../protocol/quiet-time.ts';
import { Interrupt } from './interrupt.ts';
import type { JobProcesses } from './job-processes.ts';
import type { SpawnedJob } from './spawned-job.ts';
import { QueryAnswers } from './terminal/query-answers.ts';

interface JobControlsOptions {
  /** Returns true while the shell of the job runs. Once it was waited for, its pid may be given to another process. */
  readonly isLive: () => boolean;
  /** Only for a job with a terminal. */
  readonly terminal?: {
    readonly size: () => TerminalSize;
    /** The encoding of the output; by default UTF-8. */
    readonly encoding?: string | undefined;
    /** Reads the last bytes of output up to a cursor. */
    readonly outputBefore: (end: number, maxBytes: number) => Buffer;
  };
}

/**
 * Resolves when the event loop has read what was printed before. A busy runner may see that a program waits before it has
 * read the question.
 */
async function untilRead(): Promise<void> {
  // The first one may run before the event loop has polled again.
  await setImmediate();
  await setImmediate();
}

/** What reaches the programs of a running job from outside: input, signals, and answers of its terminal. */
export class JobControls {
  readonly interrupt = new Interrupt();
  readonly #isLive: () => boolean;
  readonly #answers: QueryAnswers | undefined;
  #process: SpawnedJob | undefined;
  #processes: JobProcesses | undefined;
  /** When the job last printed, got input or started, by the monotonic clock in ms. */
  #lastActivity = performance.now();
  /** When the job last got input or started. */
  #lastInput = performance.now();

  constructor({ isLive, terminal }: JobControlsOptions) {
    this.#isLive = isLive;
    this.#answers =
      terminal &&
      new QueryAnswers({
        ...terminal,
        showsAnswers: () =>
          this.#process?.input.isOpen === true ? this.#process.terminal?.showsAnswers : undefined,
        send: (text) => void this.#process?.input.write(text, false),
      });
  }

  spawned(process: SpawnedJob): void {
    this.#process = process;
    this.#noteInput();
  }

  /** The processes of the job can be listed from now on. */
  listed(processes: JobProcesses): void {
    this.#processes = processes;
  }

  /** Takes note of output. @param end cursor behind it */
  printed(output: Buffer, end: number): void {
    this.#lastActivity = performance.now();
    this.#answers?.take(output, end);
  }

  /** @param by who types it */
  async write(text: string, eof: boolean, by: EndedBy = 'itself'): Promise<WriteResult> {
    const { input } = this.#process ?? {};
    if (input === undefined) return 'closed';
    const hasSignals = input.terminalMode?.hasSignals === true;
    this.#noteInput();
    return this.interrupt.typing({ text, eof, hasSignals, by }, () => input.write(text, eof));
  }

  /** A viewer shows the job's terminal from now on, and answers queries of the program. @returns a function that ends this */
  view(): () => void {
    this.#answers?.viewerCame();
    return () => this.#answers?.viewerLeft();
  }

  /** Looks whether the job waits for input, or only how much of it is unread. */
  async inputState({
    countUnread = false,
    whilePrinting = false,
  }: Omit<InputStateParams, 'id'> = {}): Promise<InputState> {
    const quietMs = performance.now() - this.#lastActivity;
    const { input } = this.#process ?? {};
    if (input?.isOpen !== true || !this.#isLive()) return { reader: 'none', quietMs };
    if (countUnread) {
      const unread = input.unread();
      return { reader: 'unknown', quietMs, ...(unread !== undefined && { unread }) };
    }
    const unansweredMs = performance.now() - this.#lastInput;
    // The client takes no such job for one that waits, so its processes need not be looked at.
    if (whilePrinting ? unansweredMs < MIN_QUIET_MS : quietMs < MIN_QUIET_MS)
      return { reader: 'unknown', quietMs };
    // On a busy machine, a program may take long to read its input. Until then it looks as if it waited for more.
    if ((input.unread() ?? 0) > 0) return { reader: 'none', quietMs };
    const reader = (await this.#processes?.inputReader()) ?? 'unknown';
    await untilRead();
    const { terminalMode: terminal } = input;
    const now = performance.now();
    return {
      reader,
      quietMs: now - this.#lastActivity,
      ...(whilePrinting && { unansweredMs: now - this.#lastInput }),
      ...(terminal !== undefined && { terminal }),
    };
  }

  #noteInput(): void {
    this.#lastInput = performance.now();
    this.#lastActivity = this.#lastInput;
  }

  /** Signals the process group, as a terminal does with Ctrl+C. Returns false if it is gone. */
  signal(signal: NodeJS.Signals, by: EndedBy = 'itself'): boolean | Promise<boolean> {
    if (!this.#isLive() || this.#process === undefined) return false;
    const { container, pid } = this.#process;
    if (container !== undefined) {
      if (signal !== 'SIGINT') return false;
      return this.interrupt.sending(signal, by, () => container.interrupt());
    }
    try {
      process.kill(-pid, signal);
    } catch {
      // It has just exited.
      return false;
    }
    this.interrupt.sent(signal, by);
    return true;
  }
}
