import { execFile } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PrivateFolder } from '../sockets/private-folder.ts';
import { IdleTask } from './idle-task.ts';

const run = promisify(execFile);

/** FIFOs created by one call of mkfifo(1), and the number below which the next call follows. */
const BATCH_SIZE = 24;
const MIN_READY = 12;

/** How many batches one caller waits for. */
const MAX_BATCHES = 10;

/** Which end of a FIFO belongs to the runner. It does not block. The other end blocks, as programs expect. */
export type FifoEnd = 'reader' | 'writer';

/** The file descriptors of a FIFO that has no name any more. */
export interface Fifo {
  readonly ours: FifoEnd;
  readonly reader: number;
  readonly writer: number;
}

/**
 * Creates FIFOs in advance, and opens those that the next job needs. Node can only give a child process a socket pair, which is slower, and on which opening
 * `/dev/stdout`, `/dev/stderr` or `/dev/stdin` fails with ENXIO. A FIFO is a pipe with a name, and the name is removed as
 * soon as both ends are open.
 */
export class FifoPool {
  readonly #folder: PrivateFolder;
  readonly #names: string[] = [];
  /** For the next job: one for its output and one for its input. */
  readonly #opened = new Map<FifoEnd, Fifo>();
  readonly #next = new IdleTask(() => this.#prepare());
  #filling: Promise<void> | undefined;
  #count = 0;

  constructor(folder: PrivateFolder) {
    this.#folder = folder;
    void this.#fill();
  }

  /**
   * Returns open FIFOs, one for each of the ends. Undefined if none can be created.
   *
   * @throws the system's error (EMFILE)
   */
  async take(ends: readonly FifoEnd[]): Promise<Fifo[] | undefined> {
    const missing = ends.filter((end, at) => !this.#opened.has(end) || ends.indexOf(end) !== at).length;
    // Other callers may take the FIFOs of a batch.
    for (let tries = 0; !this.#has(missing) && tries < MAX_BATCHES; tries++) await this.#fill();
    const taken: Fifo[] = [];
    try {
      for (const end of ends) {
        const fifo = this.#takeOpened(end) ?? this.#open(end);
        if (fifo !== undefined) taken.push(fifo);
      }
    } catch (error) {
      taken.forEach(closeFifo);
      throw error;
    }
    this.#next.schedule();
    if (this.#names.length < MIN_READY) void this.#fill();
    if (taken.length === ends.length) return taken;
    taken.forEach(closeFifo);
    return undefined;
  }

  async dispose(): Promise<void> {
    this.#next.dispose();
    this.#opened.forEach(closeFifo);
    this.#opened.clear();
    await this.#filling;
    for (const path of this.#names.splice(0)) rmSync(path, { force: true });
  }

  #takeOpened(end: FifoEnd): Fifo | undefined {
    const fifo = this.#opened.get(end);
    this.#opened.delete(end);
    return fifo;
  }

  #open(end: FifoEnd): Fifo | undefined {
    const name = this.#names.shift();
    return name === undefined ? undefined : openFifo(name, end);
  }

  #prepare(): void {
    for (const end of ['reader', 'writer'] as const) {
      if (this.#opened.has(end)) continue;
      try {
        const fifo = this.#open(end);
        if (fifo !== undefined) this.#opened.set(end, fifo);
      } catch {
        // The next job tries again, and reports the error.
      }
    }
  }

  /** Returns true if enough FIFOs are ready. Cleanup tools for temporary folders may have removed some. */
  #has(count: number): boolean {
    for (let at = 0; at < Math.min(count, this.#names.length);) {
      if (existsSync(this.#names[at] ?? '')) at++;
      else this.#names.splice(at, 1);
    }
    return this.#names.length >= count;
  }

  #fill(): Promise<void> {
    this.#filling ??= this.#make().finally(() => (this.#filling = undefined));
    return this.#filling;
  }

  async #make(): Promise<void> {
    if (process.platform === 'win32') return;
    try {
      const folder = await this.#folder.ensure();
      const paths = Array.from({ length: BATCH_SIZE }, () => join(folder, `f${this.#count++}`));
      await run('mkfifo', ['-m', '600', ...paths]);
      this.#names.push(...paths);
    } catch {
      // There is no mkfifo(1), or no space. The caller falls back to a socket pair.
    }
  }
}

/**
 * Opens both ends of a FIFO and removes its name.
 *
 * @throws the system's error (EMFILE, or the name is gone)
 */
export function openFifo(path: string, ours: FifoEnd): Fifo {
  const opened: number[] = [];
  const open = (flags: number): number => {
    const fd = openSync(path, flags);
    opened.push(fd);
    return fd;
  };
  try {
    // Opening for reading would block without O_NONBLOCK, and opening for writing without a reader (fifo(7)).
    const reader = open(constants.O_RDONLY | constants.O_NONBLOCK);
    if (ours === 'reader') return { ours, reader, writer: open(constants.O_WRONLY) };
    const writer = open(constants.O_WRONLY | constants.O_NONBLOCK);
    const blocking = open(constants.O_RDONLY);
    closeSync(reader);
    return { ours, reader: blocking, writer };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  } finally {
    removeName(path);
  }
}

/** Closes both ends. */
function closeFifo({ reader, writer }: Fifo): void {
  closeSync(reader);
  closeSync(writer);
}

function removeName(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // A cleanup tool may have removed it.
  }
}
