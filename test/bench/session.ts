/** One run of one server: started for one row, ended with everything it started. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './cleanup.ts';
import { McpClient } from './mcp-client.ts';
import type { InstalledPeer, JobServer } from './peer.ts';
import { findProcesses, isAlive, killProcess, type ProcessInfo } from './processes.ts';

/** Environment variable by which the processes of a session are told from all others. */
const MARKER_NAME = 'BACKGROUND_JOBS_BENCH';
/** How long a closed server and its processes may take to end by themselves, in ms. */
const GRACE_MS = 5000;
export const SHELL = '/bin/sh';

export class Session {
  readonly server: JobServer;
  readonly #client: McpClient;
  readonly #folder: string;
  readonly #cancelAtExit: () => void;

  private constructor(peer: InstalledPeer, client: McpClient, folder: string, cancelAtExit: () => void) {
    this.server = peer.adapt(client.callTool);
    this.#client = client;
    this.#folder = folder;
    this.#cancelAtExit = cancelAtExit;
  }

  static async open(peer: InstalledPeer): Promise<Session> {
    const folder = mkdtempSync(join(tmpdir(), 'background-jobs-bench-'));
    const cancelAtExit = atExit(() => {
      endByForce(folder);
    });
    try {
      const { args, env } = await peer.launch(folder);
      const common = { HOME: folder, TMPDIR: folder, SHELL, [MARKER_NAME]: folder };
      const client = await McpClient.connect({ args, env: { ...common, ...env } }, folder);
      return new Session(peer, client, folder, cancelAtExit);
    } catch (error) {
      endByForce(folder);
      cancelAtExit();
      throw error;
    }
  }

  /** All processes of the server and of its jobs that are alive. */
  processes(): ProcessInfo[] {
    return findProcesses(marker(this.#folder));
  }

  /** Ends the server as a client does; resolves with the processes that outlived it and had to be killed. */
  async close(): Promise<ProcessInfo[]> {
    const before = this.processes();
    await this.#client.close();
    const deadline = Date.now() + GRACE_MS;
    while (before.some(isAlive) && Date.now() < deadline) await sleep(20);
    const leftovers = before.filter(isAlive);
    leftovers.forEach(killProcess);
    endByForce(this.#folder);
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
