import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Stream } from '../log/store/log-segments.ts';
import { WakeUpPacer } from './wake-up-pacer.ts';

/** Bytes read at a time: the capacity of a pipe on Linux (pipe(7)). */
const BUFFER_SIZE = 64 * 1024;

/**
 * All jobs are read into this one buffer: whoever is called must have done with the bytes when it returns. So
 * memory stays flat whatever the jobs print.
 */
const buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE);

/** One for all jobs, which share the event loop. */
const sharedPacer = new WakeUpPacer();
/** Bytes. Who has written more since the last look would fill the pipe in a rest, and wait. */
const SMALL_READ = BUFFER_SIZE / 2;
/** Small reads in a row of one stream after which they are paced: two streams in turn would lose their order. */
const PACED_AFTER = 20;

/** After the shell's end: this long (ms) without a byte is taken for the end of the output, … */
const QUIET_AFTER_EXIT = 100;
/** … and this long (ms) is waited at most. */
const PATIENCE_AFTER_EXIT = 2000;

export type OnBytes = (stream: Stream, bytes: Uint8Array, length: number) => void;

/** Reads the output of one job until its pipes end. */
export class OutputCapture {
  readonly #onBytes: OnBytes;
  readonly #pacer: Pick<WakeUpPacer, 'pace'>;
  readonly #sources = new Set<Readable>();
  #onActivity: () => void = () => undefined;
  #stream: Stream | undefined;
  #smallReads = 0;

  constructor(onBytes: OnBytes, pacer: Pick<WakeUpPacer, 'pace'> = sharedPacer) {
    this.#onBytes = onBytes;
    this.#pacer = pacer;
  }

  /** No pipe is open any more. */
  get ended(): boolean {
    return this.#sources.size === 0;
  }

  /** Resolves when no pipe is open any more, which can be long after the end of the shell. */
  async untilEnded(): Promise<void> {
    await Promise.all([...this.#sources].map((source) => once(source, 'close')));
  }

  /** Takes over the reading end of a FIFO. */
  addDescriptor(stream: Stream, fd: number): void {
    const callback = (length: number, bytes: Uint8Array): boolean => {
      this.#take(stream, bytes, length);
      this.#pace(stream, length);
      return true;
    };
    // `onread` hands over each read(2) without making a buffer for it. It is a constructor option too,
    // although the types know it only for connect().
    const options = { fd, readable: true, writable: false, onread: { buffer, callback } };
    this.#add(new Socket(options));
  }

  /** Takes over a stream that child_process made. */
  addStream(stream: Stream, source: Readable): void {
    source.on('data', (bytes: Buffer) => {
      this.#take(stream, bytes, bytes.length);
    });
    this.#add(source);
  }

  /**
   * After the shell has ended: resolves when all output is read, which is at the end of the pipes; or, if a
   * descendant holds them open, once they are quiet. What comes later is still handed on.
   */
  async drained(): Promise<void> {
    if (this.ended) return;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(quiet);
        clearTimeout(patience);
        this.#onActivity = () => undefined;
        resolve();
      };
      let heard = false;
      // A runner that was held up for that long has not looked at the pipes meanwhile: it does so once before that counts.
      const quiet = setTimeout(() => {
        heard = false;
        setImmediate(() => {
          if (!heard) finish();
        });
      }, QUIET_AFTER_EXIT);
      const patience = setTimeout(finish, PATIENCE_AFTER_EXIT);
      this.#onActivity = () => {
        heard = true;
        if (this.ended) finish();
        else quiet.refresh();
      };
    });
  }

  close(): void {
    for (const source of this.#sources) source.destroy();
  }

  #take(stream: Stream, bytes: Uint8Array, length: number): void {
    this.#onBytes(stream, bytes, length);
    this.#onActivity();
  }

  #pace(stream: Stream, length: number): void {
    this.#smallReads = stream === this.#stream && length < SMALL_READ ? this.#smallReads + 1 : 0;
    this.#stream = stream;
    if (this.#smallReads >= PACED_AFTER) this.#pacer.pace();
  }

  #add(source: Readable): void {
    this.#sources.add(source);
    // Nobody can mend a failed read; the close that follows ends the source.
    source.on('error', () => undefined);
    source.once('close', () => {
      this.#sources.delete(source);
      this.#onActivity();
    });
    source.resume();
  }
}
