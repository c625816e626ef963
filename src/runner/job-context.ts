import type { ProcessTable } from '../processes/process-table.ts';
import type { JobRecord } from '../protocol/job-record.ts';
import type { StoredOutput } from './growth-notice.ts';
import type { PipePool } from './pipe-pool.ts';
import type { ProcessStarter } from './posix/process-starter.ts';
import type { PreparedLog } from './prepared-log.ts';
import type { WatchReadiness } from './readiness-watch.ts';

/** What a job gets from its runner. */
export interface JobContext {
  readonly runner: string;
  readonly pipes: PipePool;
  readonly logs: Pick<PreparedLog, 'take'>;
  readonly starter: ProcessStarter;
  readonly processes: ProcessTable;
  readonly bootId: string;
  /** Called when the job is queued, fails to start or ends, and when its name, `leftBehind` or `unstoredBytes` changes. */
  readonly onChanged: (job: JobRecord) => void;
  readonly onGrew: (output: StoredOutput) => void;
  /** Called when a job is about to start, before it has a process. */
  readonly onStarting: (job: JobRecord) => void;
  /** Called when a job has a process. */
  readonly onStarted: (job: JobRecord) => void;
  readonly watchReadiness: WatchReadiness;
}

/** What a job inherits from its client. */
export interface Inheritance {
  readonly env: NodeJS.ProcessEnv;
  /** Soft limit of open files; undefined: that of the runner. */
  readonly openFiles: number | undefined;
  /** See `HelloParams`. */
  readonly modulesFolder: string | undefined;
  /** See `HelloParams`. */
  readonly searchScript: string | undefined;
}
