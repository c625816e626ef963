import type { Writable } from 'node:stream';
import type { WriteResult } from '../protocol/messages.ts';

/** Size of the input that a job may leave unread before more is refused. */
const MAX_UNREAD_INPUT_BYTES = 1024 * 1024;

export interface JobInputOptions {
  /** Called when the end of file was sent. */
  readonly onEof?: () => void;
  /** The character that means end of file at the start of a line of a terminal, which stays open. */
  readonly eofCharacter?: string;
}

/** The stdin or the terminal of a job. It closes silently when the job closes it or ends. */
export class JobInput {
  #stream: Writable | undefined;
  readonly #options: JobInputOptions;

  /** @param stream undefined if the job was started with its stdin closed */
  constructor(stream: Writable | undefined, options: JobInputOptions) {
    this.#options = options;
    this.#stream = stream;
    const forget = (): void => {
      this.#stream = undefined;
    };
    // An EPIPE error means that the job closed its stdin or has ended.
    stream?.on('error', forget).on('close', forget);
  }

  /** Resolves when the bytes are accepted or refused, before the job has read them. */
  async write(text: string, eof: boolean): Promise<WriteResult> {
    const stream = this.#stream;
    if (stream === undefined || stream.writableEnded) return 'closed';
    const { onEof, eofCharacter } = this.#options;
    const bytes = Buffer.from(eof && eofCharacter !== undefined ? text + eofOf(text, eofCharacter) : text);
    if (stream.writableLength > 0 && stream.writableLength + bytes.length > MAX_UNREAD_INPUT_BYTES)
      return 'full';
    const isRefused = bytes.length > 0 && (await fails(stream, bytes));
    if (isRefused) return 'closed';
    if (eof && eofCharacter === undefined) {
      if (onEof !== undefined) stream.once('close', onEof);
      stream.end();
    }
    return 'written';
  }

  close(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }
}

/** After an unfinished line, the first end of file only submits the line (termios(3), VEOF). */
function eofOf(text: string, eofCharacter: string): string {
  return /[^\r\n]$/.test(text) ? eofCharacter.repeat(2) : eofCharacter;
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
