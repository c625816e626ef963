import type { MatcherContributions } from '../problems/matcher-definition.ts';
import type { Starter } from '../protocol/job-record.ts';
import type { Ask } from './input/input-requests.ts';
import type { Limits } from './records/limits.ts';
import type { ApprovalSettings, AskApproval } from './start/job-approvals.ts';
import type { PolicySettings } from './start/job-policy.ts';
import type { TaskJob } from './start/started-job.ts';

export interface ManagerSettings extends PolicySettings {
  readonly limits: Limits;
  /** Jobs above `maxConcurrentJobs` are refused. By default they are queued. */
  readonly refuseAboveLimit?: boolean;
  /** Path or name of the shell. */
  readonly shell: string;
  /** The folder for jobs without a folder of their own. */
  readonly cwd: string;
  /** The rules by which commands of agents are approved. By default they need no approval. */
  readonly approvals?: ApprovalSettings | undefined;
}

export interface ManagerOptions {
  /** The storage folder. Each has one runner and one history. */
  readonly storage: string;
  /** Paths of the bundled runner and of the bundled workers. */
  readonly runnerScript: string;
  readonly searchScript: string;
  readonly policyScript: string;
  readonly problemsScript: string;
  /** Returns the problem matchers that extensions contribute. */
  readonly contributedMatchers?: () => MatcherContributions;
  readonly env: NodeJS.ProcessEnv;
  /** Called at each use, since settings change. */
  readonly settings: () => ManagerSettings;
  /**
   * True to stop the jobs of this manager when it disconnects, even if others are connected. Otherwise they are stopped
   * `keepAliveSeconds` after the last manager disconnected.
   */
  readonly endJobsWithManager: boolean;
  /**
   * Starts the task with a label, and those on which it depends. Returns the jobs, the one of the task last, or undefined
   * if the user cancels. Only an editor has tasks.
   */
  readonly startTask?: (label: string, startedBy: Starter) => Promise<readonly TaskJob[] | undefined>;
  /** Prompts the user for hidden input. Undefined if there is no window to show a prompt in. */
  readonly ask?: Ask;
  /** Asks the user whether a command may run. */
  readonly askApproval?: AskApproval;
}
