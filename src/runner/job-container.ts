import type { ProcessInfo } from '../processes/process-table.ts';
import type { KillTarget } from '../processes/target-kill.ts';

/** What holds all processes of a job together, on systems that have such a thing. */
export interface JobContainer extends KillTarget {
  /** @throws the system's error */
  find(): Promise<ProcessInfo[]>;
  /** Presses Ctrl+C in the console of the job. Returns false if that cannot be done. */
  interrupt(): Promise<boolean>;
  /** Ends the processes that are left in it. */
  close(): void;
}
