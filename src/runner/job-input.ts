import type { Writable } from 'node:stream';
import type { InputFile } from '../processes/input-file.ts';
import type { TerminalMode, WriteResult } from '../protocol/messages.ts';
import type { JobTerminal } from './terminal/job-terminal.ts';

/** Size of the input that a job may leave unread before more is refused. */
const MAX_UNREAD_INPUT_BYTES = 1024 * 1024;
/** Longest line that a terminal takes while it edits lines; it drops the rest (MAX_CANON, and N_TTY_BUF_SIZE on Linux). */
const MAX_EDITED_LINE_BYTES = process.platform === 'darwin' ? 1023 : 4095;

export interface JobInputOptions {
  /** Called when the end of file was sent. */
  readonly onEof?: () => void;
  /** Set if the input goes to a terminal, which stays open at the end of file. */
  readonly terminal?: Pick<JobTerminal, 'mode' | 'endOfInput' | 'makeWayFor'>;
  /** What the input is in the job. Undefined if that is not known. */
  readonly file?: InputFile;
  /** Counts the bytes in the pipe or the terminal that no process has read. Undefined if that is not known. */
  readonly countUnread?: () => number | undefined;
  /** Counts the bytes that were not passed on yet. By default, those of all writes that are not finished. */
  readonly countHeld?: () => number;
}

/** The stdin or the terminal of a job. It closes silently when the job closes it or ends. */
export class JobInput {
  /** What the input is in the job. */
  readonly file: InputFile | undefined;
  #stream: Writable | undefined;
  readonly #options: JobInputOptions;

  /** @param stream undefined if the job was started with its stdin closed */
  constructor(stream: Writable | undefined, options: JobInputOptions) {
    this.#options = options;
    this.#stream = stream;
    this.file = options.file;
    const forget = (): void => {
      this.#stream = undefined;
    };
    // An EPIPE error means that the job closed its stdin or has ended.
    stream?.on('error', forget).on('close', forget);
  }

  /** Returns false if no input can reach the job any more. */
  get isOpen(): boolean {
    return this.#stream?.writable === true;
  }

  /** Returns how the job has set up its terminal. Undefined if it has none, or has ended. */
  get terminalMode(): TerminalMode | undefined {
    return this.isOpen ? this.#options.terminal?.mode : undefined;
  }

  /** Returns how many bytes no process of the job has read yet. Undefined if that is not known. */
  unread(): number | undefined {
    const count = this.isOpen ? this.#options.countUnread?.() : undefined;
    return count === undefined ? undefined : count + this.#held;
  }

  /** Resolves when the bytes are accepted or refused, before the job has read them. */
  async write(text: string, eof: boolean): Promise<WriteResult> {
    const stream = this.#stream;
    if (stream?.writable !== true) return 'closed';
    const { onEof, terminal } = this.#options;
    const bytes = Buffer.from(eof && terminal !== undefined ? text + terminal.endOfInput(text) : text);
    if (terminal?.mode.isCanonical === true && hasLongLine(bytes)) return 'long';
    terminal?.makeWayFor(bytes);
    if (this.#held > 0 && this.#held + bytes.length > MAX_UNREAD_INPUT_BYTES) return 'full';
    const isRefused = bytes.length > 0 && (await fails(stream, bytes));
    if (isRefused) return 'closed';
    if (eof && terminal === undefined) {
      if (onEof !== undefined) stream.once('close', onEof);
      stream.end();
    }
    return 'written';
  }

  get #held(): number {
    return this.#options.countHeld?.() ?? this.#stream?.writableLength ?? 0;
  }

  close(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }
}

function hasLongLine(bytes: Buffer): boolean {
  if (bytes.length <= MAX_EDITED_LINE_BYTES) return false;
  return bytes
    .toString('latin1')
    .split(/[\r\n]/)
    .some((line) => line.length > MAX_EDITED_LINE_BYTES);
}

/** Returns true if a write fails at once. A write that waits for the job to read does not. */
function fails(stream: Writable, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    stream.write(bytes, (error) => {
      resolve(error !== null && error !== undefined);
    });
    setImmediate(resolve, false);
  });
}
