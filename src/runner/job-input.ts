import type { Writable } from 'node:stream';
import type { WriteResult } from '../protocol/messages.ts';

/** Size of the input that a job may leave unread before more is refused. */
const MAX_UNREAD_INPUT_BYTES = 1024 * 1024;

/** The stdin of a job. It closes silently when the job closes it or ends. */
export class JobInput {
  #stream: Writable | undefined;
  readonly #onEof: () => void;

  /**
   * @param stream undefined if the job was started with its stdin closed
   * @param onEof called when the end of file was sent
   */
  constructor(stream: Writable | undefined, onEof: () => void) {
    this.#onEof = onEof;
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
    const bytes = Buffer.from(text);
    if (stream.writableLength > 0 && stream.writableLength + bytes.length > MAX_UNREAD_INPUT_BYTES)
      return 'full';
    const isRefused = bytes.length > 0 && (await fails(stream, bytes));
    if (isRefused) return 'closed';
    if (eof) {
      stream.once('close', this.#onEof);
      stream.end();
    }
    return 'written';
  }

  close(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }
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
