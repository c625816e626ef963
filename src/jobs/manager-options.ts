import type { Limits } from './limits.ts';
import type { CommandLists } from '../policy/command-policy.ts';
import type { Ask } from './input-requests.ts';

export interface ManagerSettings {
  readonly limits: Limits;
  /** Path or name of the shell. */
  readonly shell: string;
  /** Where jobs run that name no folder. */
  readonly cwd: string;
  /** Which commands may run; all of them when left out. */
  readonly commandLists?: CommandLists | undefined;
  /** Why nothing at all may run, as whole sentences that end with what to do. */
  readonly restriction?: string | undefined;
}

export interface ManagerOptions {
  /** The storage folder: one runner and one history each. */
  readonly storage: string;
  /** Paths of the bundled runner, search worker and policy worker. */
  readonly runnerScript: string;
  readonly searchScript: string;
  readonly policyScript: string;
  readonly env: NodeJS.ProcessEnv;
  /** Asked at each use: settings change. */
  readonly settings: () => ManagerSettings;
  /** Jobs end when this manager goes away, whoever else is connected. Else after `keepAliveSeconds`. */
  readonly endJobsWithManager: boolean;
  /** Asks the person for input that nobody else sees; left out where there is nobody to ask. */
  readonly ask?: Ask;
}
