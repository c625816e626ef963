import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { PrivateFolder } from './private-folder.ts';
import { watchSocket } from './socket-watcher.ts';

/** Pause before the next attempt to listen. */
const RETRY_PAUSE_MS = 1000;

/**
 * The socket of a server, in a private folder. If the folder is removed, for example with `/run/user/<uid>` at a logout,
 * the server listens at the same path again as soon as possible, since clients know that path. Connected clients notice
 * nothing. (A runner publishes its address, and moves to another one at once. See `RunnerServer`.)
 */
export class SelfHealingSocket {
  readonly #server: Server;
  readonly #folder = new PrivateFolder();
  #watcher: { close(): void } | undefined;
  #pause: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param name file name of the socket
   * @returns its path; on Windows the name of a pipe, which cannot be removed
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

  /** Removes the socket. The server stays open. */
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
      // The parent folder is still missing. Try again later.
      this.#pause = setTimeout(() => void this.#renew(path), RETRY_PAUSE_MS).unref();
    }
  }
}
