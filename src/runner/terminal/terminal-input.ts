import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** Pauses between two attempts to write to a terminal that is full. Each is twice as long, until it takes something. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 250;

interface TerminalInputOptions {
  /** File descriptor of the controlling end of the terminal. Writes to it must not block. */
  readonly controller: number;
  /** Returns false once the descriptor may belong to another file. */
  readonly isOpen: () => boolean;
}

/**
 * What is typed into a pseudo-terminal. libuv can only open its controlling end for blocking writes, and retries a write in
 * a busy loop while the terminal is full (uv_tty_init in src/unix/tty.c). So this writes what fits, and the rest later.
 */
export class TerminalInput extends Writable {
  readonly #options: TerminalInputOptions;
  /** Ends the write in progress. */
  #done: ((error?: Error) => void) | undefined;
  #size = 0;
  #sentBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  /** How many bytes of the next writes are dropped. */
  #discardedBytes = 0;

  constructor(options: TerminalInputOptions) {
    super({ decodeStrings: true });
    this.#options = options;
  }

  /** How many bytes the terminal has not taken yet. */
  get unsentBytes(): number {
    return this.writableLength - this.#sentBytes;
  }

  /** Drops what the terminal has not taken yet. */
  discard(): void {
    if (this.#done === undefined) return;
    this.#discardedBytes = this.writableLength - this.#size;
    this.#finish();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    if (this.#discardedBytes > 0) {
      this.#discardedBytes -= bytes.length;
      done();
      return;
    }
    this.#done = done;
    this.#size = bytes.length;
    this.#send(bytes, FIRST_PAUSE_MS);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    done(error);
  }

  #send(bytes: Buffer, pauseMs: number): void {
    let count: number;
    try {
      count = this.#options.isOpen() ? this.#writeSome(bytes) : bytes.length;
    } catch (error) {
      this.#finish(error as Error);
      return;
    }
    if (count === bytes.length) {
      this.#finish();
      return;
    }
    this.#sentBytes += count;
    const nowMs = count > 0 ? FIRST_PAUSE_MS : pauseMs;
    const nextMs = Math.min(2 * nowMs, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => this.#send(bytes.subarray(count), nextMs), nowMs);
  }

  #finish(error?: Error): void {
    const done = this.#done;
    clearTimeout(this.#timer);
    this.#done = undefined;
    this.#sentBytes = 0;
    done?.(error);
  }

  /** @returns how many bytes the terminal took */
  #writeSome(bytes: Buffer): number {
    try {
      return writeSync(this.#options.controller, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  }
}
