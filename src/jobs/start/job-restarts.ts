import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import { graceOf, isFinished, type JobRecord, type Starter } from '../../protocol/job-record.ts';
import type { JobLogs } from '../output/job-logs.ts';
import type { KnownJobs } from '../records/known-jobs.ts';
import { requireEnded } from '../records/survivors.ts';
import { dependenciesOf } from './job-dependencies.ts';
import { restartRequest } from './restart-request.ts';
import type { StartOrder } from './start-order.ts';
import type { StartRequest } from './start-request.ts';
import type { StartedJob } from './started-job.ts';

interface JobRestartsOptions {
  readonly jobs: KnownJobs;
  readonly logs: JobLogs;
  readonly order: StartOrder;
  /** Returns what approved a request. @throws JobError if it is refused */
  readonly approve: (request: StartRequest) => Promise<string | undefined>;
  readonly start: (request: StartRequest) => Promise<StartedJob>;
  /** Ends what a finished job left behind. @returns how many processes were ended */
  readonly endLeftovers: (job: JobRecord, by: Starter) => Promise<number>;
}

/** How many runs a request names. A runner knows fewer finished ones. */
const MAX_KNOWN = 1000;

/** Starts jobs again. */
export class JobRestarts {
  readonly #options: JobRestartsOptions;
  /** The restarts in progress, by the id of the job that is replaced. */
  readonly #ongoing = new Map<string, Promise<StartedJob>>();

  constructor(options: JobRestartsOptions) {
    this.#options = options;
  }

  /** See `JobManager.restart()`. */
  async restart(job: JobRecord, startedBy: Starter): Promise<StartedJob> {
    const { jobs, order } = this.#options;
    // Those that the caller may know. Another one is the answer to a restart at the same time.
    const runs = jobs
      .list()
      .filter(
        (each) => each.command === job.command && each.startedAt >= job.startedAt && each.id !== job.id,
      );
    const follows = { id: job.id, known: runs.slice(0, MAX_KNOWN).map(({ id }) => id) };
    const names = (job.after ?? []).flatMap((id) => jobs.find(id)?.name ?? []);
    const restarting = this.#restart(job, { startedBy, follows }, () => order.started(names, job.name));
    return order.run({ name: job.name, after: names }, restarting);
  }

  async #restart(
    job: JobRecord,
    { startedBy, follows }: Pick<StartRequest, 'startedBy' | 'follows'>,
    untilEarlier: () => Promise<void>,
  ): Promise<StartedJob> {
    const { jobs, approve } = this.#options;
    const active = jobs.active();
    const approvedBy = await approve(restartRequest(jobs, job, startedBy));
    await untilEarlier();
    // Again, since the jobs that it waits for may have been restarted.
    const request = { ...restartRequest(jobs, job, startedBy), approvedBy, follows };
    const ongoing = this.#ongoing.get(job.id);
    if (ongoing !== undefined) return { ...(await ongoing), isExisting: true, leftoversEnded: 0 };
    const replacing = this.#replace(job, request, active).finally(() => this.#ongoing.delete(job.id));
    this.#ongoing.set(job.id, replacing);
    return replacing;
  }

  /** @param active the queued and running jobs when the restart was requested */
  async #replace(job: JobRecord, request: StartRequest, active: readonly JobRecord[]): Promise<StartedJob> {
    const { jobs, logs, start, endLeftovers } = this.#options;
    const { id, name } = job;
    const { runner } = await jobs.runner();
    // Before it ends, since it continues if it cannot start again.
    dependenciesOf({ jobs, logs }, { after: request.after ?? [], runner });
    const isActive = !isFinished(job);
    const kill = { id, signal: 'SIGTERM', graceMs: graceOf(job), by: request.startedBy.kind };
    const isReplaced = isActive && job.runner === runner;
    if (isActive && !isReplaced) requireEnded((await jobs.requireLink(job).kill(kill)).survivors);
    const ended = isActive ? 0 : await endLeftovers(job, request.startedBy);
    const started = await start({ ...request, ...(isReplaced && { replaces: kill }) });
    // Otherwise another call has restarted the job since this one began.
    if (started.isExisting && active.some((each) => each.id === started.job.id)) {
      throw new JobError(
        `The name ${quote(name ?? '')} belongs to another job, ${started.job.id}. Restart or kill that one.`,
      );
    }
    return { ...started, leftoversEnded: started.leftoversEnded + ended };
  }
}
