import type { JobRecord } from '../../protocol/job-record.ts';

/** A job that was started, by itself or for a task of the editor. */
export interface TaskJob {
  /** Runs or is queued; or has failed, if it could not start. */
  readonly job: JobRecord;
  /** It was running or queued already. */
  readonly isExisting: boolean;
}

export interface StartedJob extends TaskJob {
  /** Processes that were ended first, since a finished job of this name had left them behind. */
  readonly leftoversEnded: number;
}
