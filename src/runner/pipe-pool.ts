import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PrivateFolder } from '../sockets/private-folder.ts';
import { openFifo } from './fifo.ts';
import { IdleTask } from './idle-task.ts';
import { JobPipe, type PipeEnd } from './job-pipe.ts';
import type { PipeMaker } from './posix/pipe-maker.ts';

const run = promisify(execFile);

/** FIFOs created by one call of mkfifo(1), and the number below which the next call follows. */
const BATCH_SIZE = 24;
const MIN_READY = 12;

/** How many batches one caller waits for. */
const MAX_BATCHES = 10;

/**
 * Opens pipes in advance for the next job. Node can only give a child process a socket pair, which is slower, and on which
 * opening `/dev/stdout`, `/dev/stderr` or `/dev/stdin` fails with ENXIO. Without a module that can make pipes, FIFOs are
 * created in advance. A FIFO is a pipe with a name, and the name is removed as soon as both ends are open. Each read and
 * write of it also notes the time in its file, which makes small writes a quarter slower.
 */
export class PipePool {
  readonly #folder: PrivateFolder;
  readonly #maker: () => Pick<PipeMaker, 'open'> | undefined;
  readonly #names: string[] = [];
  /** For the next job: one for its output and one for its input. */
  readonly #opened = new Map<PipeEnd, JobPipe>();
  readonly #next = new IdleTask(() => this.#prepare());
  #filling: Promise<void> | undefined;
  #count = 0;

  /**
   * @param folder for FIFOs
   * @param maker what makes pipes; undefined as long as there is nothing that can
   */
  constructor(folder: PrivateFolder, maker: () => Pick<PipeMaker, 'open'> | undefined) {
    this.#folder = folder;
    this.#maker = maker;
    void this.#fill();
  }

  /**
   * Returns pipes, one for each end of the runner. Undefined if none can be created.
   *
   * @throws the system's error (EMFILE)
   */
  async take(ends: readonly PipeEnd[]): Promise<JobPipe[] | undefined> {
    const hasAll = (): boolean =>
      this.#maker() !== undefined ||
      this.#has(ends.filter((end, at) => !this.#opened.has(end) || ends.indexOf(end) !== at).length);
    // Other callers may take the FIFOs of a batch.
    for (let tries = 0; !hasAll() && tries < MAX_BATCHES; tries++) await this.#fill();
    const taken: JobPipe[] = [];
    try {
      for (const end of ends) {
        const pipe = this.#takeOpened(end) ?? this.#open(end);
        if (pipe !== undefined) taken.push(pipe);
      }
    } catch (error) {
      taken.forEach(closePipe);
      throw error;
    }
    this.#next.schedule();
    if (taken.length === ends.length) return taken;
    taken.forEach(closePipe);
    return undefined;
  }

  async dispose(): Promise<void> {
    this.#next.dispose();
    this.#opened.forEach(closePipe);
    this.#opened.clear();
    await this.#filling;
    for (const path of this.#names.splice(0)) rmSync(path, { force: true });
  }

  #takeOpened(end: PipeEnd): JobPipe | undefined {
    const pipe = this.#opened.get(end);
    this.#opened.delete(end);
    if (pipe?.kind !== 'fifo' || this.#maker() === undefined) return pipe;
    closePipe(pipe);
    return undefined;
  }

  #open(end: PipeEnd): JobPipe | undefined {
    const made = this.#maker()?.open(end);
    if (made !== undefined) return new JobPipe(made);
    const name = this.#names.shift();
    return name === undefined ? undefined : new JobPipe(openFifo(name, end));
  }

  #prepare(): void {
    for (const end of ['reader', 'writer'] as const) {
      if (this.#opened.has(end)) continue;
      try {
        const pipe = this.#open(end);
        if (pipe !== undefined) this.#opened.set(end, pipe);
      } catch {
        // The next job tries again, and reports the error.
      }
    }
    if (this.#names.length < MIN_READY && this.#maker() === undefined) void this.#fill();
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

function closePipe(pipe: JobPipe): void {
  pipe.closeTheirs();
  pipe.closeOurs();
}
