import { execFile } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PrivateFolder } from '../sockets/private-folder.ts';

const run = promisify(execFile);

/** FIFOs made with one call of mkfifo(1), and the number below which the next call is made. */
const BATCH = 24;
const LOW = 12;

/** Fillings that one caller waits for. */
const MAX_FILLINGS = 10;

/** Two ends of a FIFO that has no name any more. */
export interface Fifo {
  readonly reader: number;
  readonly writer: number;
}

/**
 * Node has no way to make a pipe for a child other than a socket pair, on which opening `/dev/stdout`,
 * `/dev/stderr` or `/dev/stdin` fails with ENXIO, and which is slower. A FIFO is a pipe with a name. Names are
 * made ahead, off the path of a starting job, and removed as soon as both ends are open.
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

  /** Names of FIFOs for the caller to open. Undefined when this system cannot make any. */
  async take(count: number): Promise<string[] | undefined> {
    // Others may take what one filling made.
    for (let tries = 0; !this.#has(count) && tries < MAX_FILLINGS; tries++) await this.#fill();
    if (!this.#has(count)) return undefined;
    const taken = this.#names.splice(0, count);
    if (this.#names.length < LOW) void this.#fill();
    return taken;
  }

  async dispose(): Promise<void> {
    await this.#filling;
    for (const path of this.#names.splice(0)) rmSync(path, { force: true });
  }

  /** Whether there are so many. Cleaners of temporary folders may have taken any of them. */
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
      const paths = Array.from({ length: BATCH }, () => join(folder, `f${this.#count++}`));
      await run('mkfifo', ['-m', '600', ...paths]);
      this.#names.push(...paths);
    } catch {
      // No mkfifo, or no room: the caller falls back to a socket pair.
    }
  }
}

/**
 * Opens both ends and removes the name.
 *
 * @param ours which end is ours: that one does not block, the other one does, as programs expect
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
    // For reading it opens at once only without blocking, for writing only when it has a reader (fifo(7)).
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
