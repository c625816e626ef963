import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, 'programs', 'spawner.mjs');

/** A small process that spawns shells: the bare limit of a start. */
export class Spawner {
  readonly #process: ChildProcess = fork(PROGRAM);

  /** Resolves when the shell has exited, with the time its spawn took, in ms. */
  async spawn(shell: string, command: string): Promise<number> {
    const answer = once(this.#process, 'message') as Promise<[number]>;
    this.#process.send({ shell, command });
    const [ms] = await answer;
    return ms;
  }

  close(): void {
    this.#process.disconnect();
  }
}
