/** One run of one server, started for one row and stopped with everything it started. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstalledPeer, JobServer, OpenServer } from './peer.ts';
import { isAlive, killProcess, type ProcessInfo } from './processes.ts';
import { Scene, type SceneOptions } from './scene.ts';

/** Time for a closed server and its processes to exit by themselves, in ms. */
const GRACE_MS = 5000;

export class Session {
  readonly #scene: Scene;
  readonly #open: OpenServer;

  private constructor(scene: Scene, open: OpenServer) {
    this.#scene = scene;
    this.#open = open;
  }

  static async open(peer: InstalledPeer, options: SceneOptions = {}): Promise<Session> {
    const scene = new Scene(options);
    try {
      return new Session(scene, await peer.open(scene.launch));
    } catch (error) {
      scene.end();
      throw error;
    }
  }

  get server(): JobServer {
    return this.#open.server;
  }

  /** Whether it has the requested history. */
  get hasHistory(): boolean {
    return this.#open.hasHistory === true;
  }

  /** The server's own processes, as far as they can be distinguished from those of its jobs. */
  ownProcesses(isJob: (process: ProcessInfo) => boolean): ProcessInfo[] {
    const { isOwn } = this.#open;
    return this.#scene.processes().filter((process) => isOwn?.(process) !== false && !isJob(process));
  }

  /** Stops the server as a client does. Resolves with the processes that survived it and had to be killed. */
  async close(): Promise<ProcessInfo[]> {
    const before = this.#scene.processes();
    await this.#open.close();
    const deadline = Date.now() + GRACE_MS;
    while (before.some(isAlive) && Date.now() < deadline) await sleep(20);
    const leftovers = before.filter(isAlive);
    leftovers.forEach(killProcess);
    this.#scene.end();
    return leftovers;
  }
}
