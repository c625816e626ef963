import type { Writable } from 'node:stream';
import type { WriteResult } from '../protocol/messages.ts';

/** Bytes that a job may leave unread before it counts as one that does not read. */
const MAX_UNREAD_INPUT = 1024 * 1024;

/** The stdin of a job. Ends quietly when the job closes it or ends. */
export class JobInput {
  #stream: Writable | undefined;
  readonly #onEof: () => void;

  /**
   * @param stream none when the job was started with its stdin closed
   * @param onEof called when the end of file has been sent
   */
  constructor(stream: Writable | undefined, onEof: () => void) {
    this.#onEof = onEof;
    this.#stream = stream;
    const forget = (): void => {
      this.#stream = undefined;
    };
    // EPIPE: the job closed its stdin, or it ended.
    stream?.on('error', forget).on('close', forget);
  }

  /** Resolves as soon as the bytes are taken, or known to be refused; not when the job has read them. */
  async write(text: string, eof: boolean): Promise<WriteResult> {
    const stream = this.#stream;
    if (stream === undefined || stream.writableEnded) return 'closed';
    const bytes = Buffer.from(text);
    if (stream.writableLength > 0 && stream.writableLength + bytes.length > MAX_UNREAD_INPUT) return 'full';
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

/** Whether a write fails at once. One that has to wait for the job to read does not. */
function fails(stream: Writable, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    stream.write(bytes, (error) => {
      resolve(error !== null && error !== undefined);
    });
    setImmediate(resolve, false);
  });
}
