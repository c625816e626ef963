/** One run of one server: started for one row, ended with everything it started. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './cleanup.ts';
import type { InstalledPeer, JobServer, OpenServer } from './peer.ts';
import { SHELL } from './shell.ts';
import { findProcesses, isAlive, killProcess, type ProcessInfo } from './processes.ts';

/** Environment variable by which the processes of a session are told from all others. */
const MARKER_NAME = 'BACKGROUND_JOBS_BENCH';
/** How long a closed server and its processes may take to end by themselves, in ms. */
const GRACE_MS = 5000;

export interface SessionOptions {
  /** Added to the server's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly history?: number;
}

export class Session {
  readonly folder: string;
  readonly #open: OpenServer;
  readonly #cancelAtExit: () => void;

  private constructor(open: OpenServer, folder: string, cancelAtExit: () => void) {
    this.folder = folder;
    this.#open = open;
    this.#cancelAtExit = cancelAtExit;
  }

  /** Whether it has the history that was asked for. */
  get hasHistory(): boolean {
    return this.#open.hasHistory === true;
  }

  get server(): JobServer {
    return this.#open.server;
  }

  static async open(peer: InstalledPeer, options: SessionOptions = {}): Promise<Session> {
    const folder = mkdtempSync(join(tmpdir(), 'bg-bench-'));
    const cancelAtExit = atExit(() => {
      endByForce(folder);
    });
    const env = {
      ...{ PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder, SHELL, [MARKER_NAME]: folder },
      ...options.env,
    };
    try {
      return new Session(
        await peer.open({ folder, env, history: options.history ?? 0 }),
        folder,
        cancelAtExit,
      );
    } catch (error) {
      endByForce(folder);
      cancelAtExit();
      throw error;
    }
  }

  /** The server's own processes, as far as they can be told from those of its jobs. */
  ownProcesses(isJob: (process: ProcessInfo) => boolean): ProcessInfo[] {
    const isOwn = this.#open.isOwn ?? (() => true);
    return this.processes().filter((process) => isOwn(process) && !isJob(process));
  }

  /** All processes of the server and of its jobs that are alive. */
  processes(): ProcessInfo[] {
    return findProcesses(marker(this.folder));
  }

  /** Ends the server as a client does; resolves with the processes that outlived it and had to be killed. */
  async close(): Promise<ProcessInfo[]> {
    const before = this.processes();
    await this.#open.close();
    const deadline = Date.now() + GRACE_MS;
    while (before.some(isAlive) && Date.now() < deadline) await sleep(20);
    const leftovers = before.filter(isAlive);
    leftovers.forEach(killProcess);
    endByForce(this.folder);
    this.#cancelAtExit();
    return leftovers;
  }
}

function marker(folder: string): string {
  return `${MARKER_NAME}=${folder}`;
}

function endByForce(folder: string): void {
  findProcesses(marker(folder)).forEach(killProcess);
  // A killed process may still be writing its last file.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
