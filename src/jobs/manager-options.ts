import type { connectRunner } from '../runner/runner-link.ts';
import type { Limits } from './limits.ts';
import type { Ask } from './questions.ts';
import type { StartRequest } from './start-request.ts';

export interface ManagerSettings {
  readonly limits: Limits;
  /** Path or name of the shell. */
  readonly shell: string;
  /** Where jobs run that name no folder. */
  readonly cwd: string;
}

export interface ManagerOptions {
  /** The storage folder: one runner and one history each. */
  readonly storage: string;
  /** Paths of the bundled runner and search worker. */
  readonly runnerScript: string;
  readonly searchScript: string;
  readonly connectRunner: typeof connectRunner;
  readonly env: NodeJS.ProcessEnv;
  /** Asked at each use: settings change. */
  readonly settings: () => ManagerSettings;
  /** Jobs end when this manager goes away, whoever else is connected. Else after `keepAliveSeconds`. */
  readonly endJobsWithManager: boolean;
  /** Asks the person for input that nobody else sees; left out where there is nobody to ask. */
  readonly ask?: Ask;
  /** Says why a command must not run; undefined lets it. */
  readonly policy?: (request: StartRequest) => string | undefined;
}
