/** A folder and an environment for one run of one server. Stops everything that the server started. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../src/base/remove-folder.ts';
import { atExit } from './cleanup.ts';
import type { Launch } from './peer.ts';
import { findProcesses, killProcess, type ProcessInfo } from './processes.ts';
import { SHELL } from './shell.ts';

/** Environment variable that identifies the processes of a run. */
const MARKER_NAME = 'BACKGROUND_JOBS_BENCH';

export interface SceneOptions {
  /** Added to the server's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly history?: number;
  /** Whether it needs agent mode with a model that follows a script. */
  readonly agentMode?: boolean;
}

export class Scene {
  readonly launch: Launch;
  readonly #marker: string;
  readonly #cancelAtExit: () => void;

  constructor({ env, history = 0, agentMode = false }: SceneOptions = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'bg-bench-'));
    const common = { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder, SHELL };
    this.launch = { folder, history, agentMode, env: { ...common, [MARKER_NAME]: folder, ...env } };
    this.#marker = `${MARKER_NAME}=${folder}`;
    this.#cancelAtExit = atExit(() => this.#clear());
  }

  /** All living processes of the server and its jobs. */
  processes(): ProcessInfo[] {
    return findProcesses(this.#marker);
  }

  end(): void {
    this.#clear();
    this.#cancelAtExit();
  }

  #clear(): void {
    this.processes().forEach(killProcess);
    // A killed process may still write its last file.
    removeFolder(this.launch.folder, { maxRetries: 10, retryDelay: 50 });
  }
}
