import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setPatientTimeout } from '../base/patient-timeout.ts';
import { isFinished } from '../protocol/job-record.ts';
import { connectOn } from '../protocol/message-connection.ts';
import type { PrivateFolder } from '../sockets/private-folder.ts';
import { makeSecret } from '../sockets/secret.ts';
import { watchSocket } from '../sockets/socket-watcher.ts';
import { ClientSession } from './client-session.ts';
import type { Runner } from './runner.ts';

/** How long a connection may take to send its hello. */
const HELLO_TIMEOUT_MS = 10_000;
/** Pause before the next attempt to listen again. */
const RENEWAL_PAUSE_MS = 1000;

/**
 * Accepts any number of equal clients, and reports when the runner should exit: when there is no client, and no job needs
 * the runner or the keep-alive time is over.
 */
export class RunnerServer {
  readonly secret = makeSecret();
  readonly #runner: Runner;
  readonly #folder: PrivateFolder;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ClientSession>();
  readonly #onIdle: () => void;
  readonly #onRenewed: (address: string) => void;
  #keepAliveMs: number | null = 0;
  #keepAlive: NodeJS.Timeout | undefined;
  #watcher: { close(): void } | undefined;
  #isClosed = false;

  /**
   * @param onIdle called when the runner should end its jobs and exit
   * @param onRenewed called with the new address after the old one was removed
   */
  constructor(
    runner: Runner,
    folder: PrivateFolder,
    { onIdle, onRenewed }: { onIdle: () => void; onRenewed: (address: string) => void },
  ) {
    this.#runner = runner;
    this.#folder = folder;
    this.#onIdle = onIdle;
    this.#onRenewed = onRenewed;
    runner.on('changed', (job) => {
      for (const session of this.#sessions) session.changed(job);
      // The keep-alive time runs from the departure of the last client, whatever ends in the meantime.
      if (isFinished(job) && this.#isForsaken) this.#onIdle();
    });
    runner.on('removed', ({ id, by }) => {
      for (const session of this.#sessions) if (session !== by) session.removed(id);
    });
    runner.on('renamed', ({ job, by }) => {
      for (const session of this.#sessions) if (session !== by) session.changed(job);
    });
    runner.on('grew', (output) => {
      for (const session of this.#sessions) session.grew(output);
    });
  }

  /**
   * @returns the path of a socket in the private folder, or of a named pipe
   * @throws the system's error
   */
  async listen(): Promise<string> {
    const isWindows = process.platform === 'win32';
    const path = isWindows ? `\\\\.\\pipe\\${this.#runner.id}` : join(await this.#folder.ensure(), 's');
    this.#server = createServer((socket) => {
      this.#accept(socket);
    }).listen(path);
    await once(this.#server, 'listening');
    // Connected clients notice nothing.
    if (!isWindows)
      this.#watcher = watchSocket(path, () => {
        this.#server?.close();
        this.#renew();
      });
    return path;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#keepAlive);
    this.#watcher?.close();
    this.#server?.close();
    for (const socket of this.#sockets) socket.end();
  }

  /** Makes the runner exit if no client ever connects. */
  expectClient(withinMs: number): void {
    this.#keepAliveMs = withinMs;
    this.#keepAlive = setTimeout(this.#onIdle, withinMs);
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const connection = connectOn(socket);
    const cancel = setPatientTimeout(() => socket.destroy(), HELLO_TIMEOUT_MS);
    const session = new ClientSession(this.#runner, connection, this.secret, (greeted) => {
      cancel();
      clearTimeout(this.#keepAlive);
      this.#keepAliveMs = greeted.keepAliveMs ?? null;
      this.#sessions.add(greeted);
    });
    connection.listen();
    socket.once('close', () => {
      cancel();
      connection.dispose();
      this.#sockets.delete(socket);
      if (!this.#sessions.delete(session)) return;
      void this.#endSession(session);
    });
  }

  async #endSession(session: ClientSession): Promise<void> {
    const ending = this.#runner.shutDown(session.ownJobs);
    this.#armKeepAlive();
    await ending.catch((error: unknown) => console.error(error));
    // Processes that finished jobs left behind may have exited since the last look.
    if (this.#sessions.size === 0)
      await this.#runner.refreshLeftovers().catch((error: unknown) => console.error(error));
    if (this.#isForsaken) this.#onIdle();
  }

  /** No client is connected, and no job needs the runner. */
  get #isForsaken(): boolean {
    return this.#sessions.size === 0 && !this.#runner.isNeeded;
  }

  #armKeepAlive(): void {
    clearTimeout(this.#keepAlive);
    if (this.#sessions.size > 0 || this.#keepAliveMs === null) return;
    this.#keepAlive = setTimeout(this.#onIdle, this.#keepAliveMs);
  }

  #renew(): void {
    if (this.#isClosed) return;
    this.listen().then(this.#onRenewed, (error: unknown) => {
      console.error(error);
      setTimeout(() => this.#renew(), RENEWAL_PAUSE_MS).unref();
    });
  }
}
