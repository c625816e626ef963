import type { JobState } from '../protocol/job-record.ts';
import type { JobContainer } from './job-container.ts';
import type { JobInput } from './job-input.ts';
import type { ChildEnd } from './posix/child-exits.ts';
import type { JobTerminal } from './terminal/job-terminal.ts';

/** A job whose shell has been started. */
export interface SpawnedJob {
  readonly pid: number;
  readonly input: JobInput;
  readonly capture: NonNullable<JobState['capture']>;
  readonly terminal?: JobTerminal;
  /** What holds its processes together. Without it they are found by the process table. */
  readonly container?: JobContainer;
  /** When the shell started, as in `ProcessInfo`, if that is known already. */
  readonly started?: string;
  /** Settles when the shell has exited. Its pipes may still hold output. */
  readonly exited: Promise<ChildEnd>;
}
