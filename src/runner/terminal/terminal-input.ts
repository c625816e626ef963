import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** Pauses between two attempts to write to a terminal that is full. The next one is twice as long, until it takes something. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

interface TerminalInputOptions {
  /** File descriptor of the controlling end of the terminal. Writes to it must not block. */
  readonly controller: number;
  /** Returns false once the descriptor may belong to another file. */
  readonly isOpen: () => boolean;
}

/**
 * What is typed into a pseudo-terminal. libuv can only open its controlling end for blocking writes, and repeats a write
 * without end while the terminal is full (uv_tty_init in src/unix/tty.c). So this writes what fits, and tries again later.
 */
export class TerminalInput extends Writable {
  readonly #options: TerminalInputOptions;
  #sentBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TerminalInputOptions) {
    super({ decodeStrings: true });
    this.#options = options;
  }

  /** How many bytes of `writableLength` the terminal has already. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#send(bytes, done, FIRST_PAUSE_MS);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    done(error);
  }

  #send(bytes: Buffer, done: (error?: Error) => void, pauseMs: number): void {
    let count: number;
    try {
      count = this.#options.isOpen() ? this.#writeSome(bytes) : bytes.length;
    } catch (error) {
      this.#sentBytes = 0;
      done(error as Error);
      return;
    }
    if (count === bytes.length) {
      this.#sentBytes = 0;
      done();
      return;
    }
    this.#sentBytes += count;
    const nextPauseMs = count > 0 ? FIRST_PAUSE_MS : Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => this.#send(bytes.subarray(count), done, nextPauseMs), pauseMs);
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
