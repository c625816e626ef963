import { execFile } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PrivateFolder } from '../sockets/private-folder.ts';

const run = promisify(execFile);

/** FIFOs created by one call of mkfifo(1), and the number below which the next call follows. */
const BATCH_SIZE = 24;
const MIN_READY = 12;

/** How many batches one caller waits for. */
const MAX_BATCHES = 10;

/** The file descriptors of a FIFO that has no name any more. */
export interface Fifo {
  readonly reader: number;
  readonly writer: number;
}

/**
 * Creates FIFOs in advance. Node can only give a child process a socket pair, which is slower, and on which opening
 * `/dev/stdout`, `/dev/stderr` or `/dev/stdin` fails with ENXIO. A FIFO is a pipe with a name, and the name is removed as
 * soon as both ends are open.
 */
export class FifoPool {
  readonly #folder: PrivateFolder;
  readonly #names: string[] = [];
  #filling: Promise<void> | undefined;
  #count = 0;

  constructor(folder: PrivateFolder) {
    this.#folder = folder;
    void this.#fill();
  }

  /** Returns the names of FIFOs for the caller to open. Undefined if none can be created. */
  async take(count: number): Promise<string[] | undefined> {
    // Other callers may take the FIFOs of a batch.
    for (let tries = 0; !this.#has(count) && tries < MAX_BATCHES; tries++) await this.#fill();
    if (!this.#has(count)) return undefined;
    const taken = this.#names.splice(0, count);
    if (this.#names.length < MIN_READY) void this.#fill();
    return taken;
  }

  async dispose(): Promise<void> {
    await this.#filling;
    for (const path of this.#names.splice(0)) rmSync(path, { force: true });
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
 * @param ours the end of the runner, which does not block. The other end blocks, as programs expect.
 * @throws the system's error (EMFILE, or the name is gone)
 */
export function openFifo(path: string, ours: 'reader' | 'writer'): Fifo {
  const opened: number[] = [];
  const open = (flags: number): number => {
    const fd = openSync(path, flags);
    opened.push(fd);
    return fd;
  };
  try {
    // Opening for reading would block without O_NONBLOCK, and opening for writing without a reader (fifo(7)).
    const reader = open(constants.O_RDONLY | constants.O_NONBLOCK);
    if (ours === 'reader') return { reader, writer: open(constants.O_WRONLY) };
    const writer = open(constants.O_WRONLY | constants.O_NONBLOCK);
    const blocking = open(constants.O_RDONLY);
    closeSync(reader);
    return { reader: blocking, writer };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  } finally {
    rmSync(path, { force: true });
  }
}
