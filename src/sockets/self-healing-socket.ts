import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { PrivateFolder } from './private-folder.ts';
import { watchSocket } from './socket-watcher.ts';

/** Pause (ms) before another try to listen again. */
const PAUSE = 1000;

/**
 * The socket of a server, in a private folder. When that is removed, as with `/run/user/<uid>` at the end of a login, the
 * server listens at the same place again as soon as it can: clients were told that address. (A runner publishes where it
 * listens, and moves at once; see `RunnerServer`.) Who is connected notices nothing.
 */
export class LastingSocket {
  readonly #server: Server;
  readonly #folder = new PrivateFolder();
  #watcher: { close(): void } | undefined;
  #pause: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param name of the socket
   * @returns its path; on Windows the name of a pipe, which nobody can remove
   * @throws the system's error
   */
  async listen(name: string): Promise<string> {
    try {
      const path =
        process.platform === 'win32'
          ? `\\\\.\\pipe\\background-jobs-${randomBytes(16).toString('hex')}`
          : join(await this.#folder.ensure(), name);
      await this.#listen(path);
      return path;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Removes the socket; leaves the server alone. */
  close(): void {
    this.#isClosed = true;
    this.#watcher?.close();
    clearTimeout(this.#pause);
    this.#folder.remove();
  }

  async #listen(path: string): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, 'listening');
    if (this.#isClosed || process.platform === 'win32') return;
    this.#watcher = watchSocket(path, () => {
      this.#server.close();
      void this.#renew(path);
    });
  }

  async #renew(path: string): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.#folder.restore();
      await this.#listen(path);
    } catch {
      this.#pause = setTimeout(() => void this.#renew(path), PAUSE).unref();
    }
  }
}
