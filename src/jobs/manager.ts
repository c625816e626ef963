import { dirname } from 'node:path';
import { JobError } from '../base/job-error.ts';
import { quote } from '../base/quoted-text.ts';
import { startedOpenFiles } from '../processes/process-limits.ts';
import { type EndedBy, graceOf, isFinished, type JobRecord, type Starter } from '../protocol/job-record.ts';
import type { InspectResult, KillResult } from '../protocol/messages.ts';
import { JobInput } from './input/job-input.ts';
import { requireSignal } from './kill-signal.ts';
import type { ManagerOptions } from './manager-options.ts';
import { JobLogs } from './output/job-logs.ts';
import { JobProblems } from './output/job-problems.ts';
import { JobScreens } from './output/job-screens.ts';
import { Secrets } from './output/typed-secrets.ts';
import { KnownJobs } from './records/known-jobs.ts';
import { requireEnded } from './records/survivors.ts';
import { throwUnlessForgotten } from './runners/throw-unless-forgotten.ts';
import { throwUnlessUnanswered } from './runners/throw-unless-unanswered.ts';
import { JobApprovals } from './start/job-approvals.ts';
import { jobEnvironment } from './start/job-environment.ts';
import { JobPolicy } from './start/job-policy.ts';
import { JobRestarts } from './start/job-restarts.ts';
import { JobStarts } from './start/job-starts.ts';
import { StartOrder } from './start/start-order.ts';
import { checkName, type StartRequest } from './start/start-request.ts';
import type { StartedJob, TaskJob } from './start/started-job.ts';
import type { Condition, WaitTarget } from './wait/condition-check.ts';
import { waitFor, type WaitOutcome } from './wait/job-wait.ts';
import { JobWatches } from './watch/job-watches.ts';

const NOTHING: InspectResult = { processes: [], ports: [] };

/** Starts, reads and ends jobs. Every tool, tree and command uses it. It starts no process before the first job. */
export class JobManager {
  readonly jobs: KnownJobs;
  readonly logs: JobLogs;
  readonly problems: JobProblems;
  readonly screens: JobScreens;
  readonly input: JobInput;
  readonly watches: JobWatches;
  /** Texts that must not appear in what agents receive. */
  readonly secrets = new Secrets();
  readonly #options: ManagerOptions;
  readonly #policy: JobPolicy;
  readonly #approvals: JobApprovals;
  readonly #order = new StartOrder();
  readonly #starts: JobStarts;
  readonly #restarts: JobRestarts;

  constructor(options: ManagerOptions) {
    this.#options = options;
    // Native modules are in its node_modules.
    const modulesFolder = dirname(options.runnerScript);
    const env = jobEnvironment(options.env);
    const openFiles = startedOpenFiles();
    this.#policy = new JobPolicy(options.policyScript, options.settings);
    this.#approvals = new JobApprovals({
      settings: () => options.settings().approvals,
      judge: (question) => this.#policy.approve(question),
      ask: options.askApproval,
    });
    this.jobs = new KnownJobs({
      ...options,
      limits: () => options.settings().limits,
      link: () => ({
        keepAliveMs: options.settings().limits.keepAliveSeconds * 1000,
        endJobsWithClient: options.endJobsWithManager,
        maxRunning: options.settings().limits.maxConcurrentJobs,
        env,
        searchScript: options.searchScript,
        modulesFolder,
        ...(openFiles !== undefined && { openFiles }),
      }),
    });
    this.logs = new JobLogs({ ...options, jobs: this.jobs });
    this.problems = new JobProblems({ ...options, jobs: this.jobs });
    const { jobs, logs, secrets } = this;
    this.screens = new JobScreens({ jobs, logs });
    this.input = new JobInput({ jobs, logs, secrets, policy: this.#policy, ask: options.ask });
    this.watches = new JobWatches({ jobs, logs, inputs: this.input.states });
    this.#starts = new JobStarts({
      ...options,
      ...{ jobs, logs, order: this.#order, policy: this.#policy, approvals: this.#approvals },
      endLeftovers: (others, by) => this.#endLeftovers(others, by),
    });
    this.#restarts = new JobRestarts({
      ...{ jobs, logs, order: this.#order },
      approve: async (request) => this.#approvals.require(await this.#starts.specOf(request)),
      start: (request) => this.start(request),
      endLeftovers: (job, by) => this.#endLeftovers([job], by),
    });
  }

  /**
   * Starts or queues a job, or returns an existing one with the same name, command and folder.
   *
   * @returns a running or queued job; a failed one that could not start; a lost one if its runner was killed meanwhile
   * @throws JobError if it is refused
   */
  start(request: StartRequest): Promise<StartedJob> {
    return this.#order.run(request, this.#starts.start(request));
  }

  /**
   * Starts a task of the editor by its label, with the tasks on which it depends.
   *
   * @returns the jobs, the one of the task last
   * @throws JobError if there is no editor or no such task, it cannot run, or the user cancels
   */
  async startTask(label: string, startedBy: Starter): Promise<readonly TaskJob[]> {
    const { startTask } = this.#options;
    if (startTask === undefined) {
      throw new JobError(
        'Tasks can only be run in an editor, and this server has none. Give the command instead.',
      );
    }
    const started = await startTask(label, startedBy);
    if (started === undefined) {
      throw new JobError('The user did not answer what the task asks for. Nothing was started.');
    }
    return started;
  }

  /**
   * Brings the table up to date, also with jobs that are being started, or that another manager has just started, if a
   * caller may mean one of them.
   *
   * @param references how the caller names jobs, as for `JobTable.get()`
   */
  async know(references: readonly string[]): Promise<void> {
    if (references.length === 0) return;
    await this.jobs.ready();
    // A user may have to approve one, so what is known already is not waited for.
    await this.#order.started(references.filter((each) => !this.jobs.has(each)));
    await this.jobs.catchUp(references);
  }

  /** Waits until the first of the jobs meets the condition or exits. @throws JobError */
  async wait(
    targets: readonly WaitTarget[],
    condition: Condition,
    timeoutMs: number,
    cancel?: AbortSignal,
  ): Promise<WaitOutcome> {
    const [first] = await waitFor(this, targets, condition, { mode: 'any', timeoutMs, cancel });
    return first!;
  }

  /** Waits until each of the jobs meets the condition or exits. @returns their outcomes, in order @throws JobError */
  waitForAll(
    targets: readonly WaitTarget[],
    condition: Condition,
    timeoutMs: number,
    cancel?: AbortSignal,
  ): Promise<WaitOutcome[]> {
    return waitFor(this, targets, condition, { mode: 'all', timeoutMs, cancel });
  }

  /**
   * Stops all processes of a job, also those that a finished job left behind. Resolves when they are gone.
   *
   * @param graceMs time until the remaining processes are killed with SIGKILL
   */
  async kill(
    reference: string,
    by: EndedBy,
    { signal = 'SIGTERM', graceMs }: { signal?: NodeJS.Signals; graceMs?: number | undefined } = {},
  ): Promise<KillResult> {
    requireSignal(signal);
    const job = this.jobs.get(reference);
    const grace = graceMs ?? graceOf(job);
    const request = { id: job.id, signal, graceMs: grace, by };
    if (!isFinished(job)) return this.jobs.requireLink(job).kill(request);
    const killed = await this.jobs.linkOf(job)?.kill(request).catch(throwUnlessForgotten);
    return killed ?? this.jobs.leftovers.kill(job, signal, grace);
  }

  /**
   * Ends the processes of a job, also those that it left behind, and starts the same job again. If the jobs that it
   * waited for have been started again, it waits for the new ones. Jobs that wait for it wait for the new job.
   *
   * @returns the new job; an existing one if another call has restarted the job in the meantime
   * @throws JobError if it cannot start again: a running job continues then
   */
  async restart(reference: string, startedBy: Starter): Promise<StartedJob> {
    const job = this.jobs.get(reference);
    const started = await this.#restarts.restart(job, startedBy);
    this.watches.replace(job.id, started.job.id);
    return started;
  }

  /** Returns the living processes of a job, and the ports on which they listen. Nothing if its runner does not answer. */
  async inspect(reference: string): Promise<InspectResult> {
    const job = this.jobs.get(reference);
    const found = await this.jobs.currentLinkOf(job)?.inspect(job.id).catch(throwUnlessUnanswered);
    return found ?? (isFinished(job) ? this.jobs.leftovers.inspect(job) : NOTHING);
  }

  /**
   * Renames a job.
   *
   * @param name 1 to 64 characters, or empty to remove the name
   * @throws JobError if another queued or running job has the name
   */
  async rename(reference: string, name: string): Promise<JobRecord> {
    const job = this.jobs.get(reference);
    const wanted = checkName(name);
    const request = { id: job.id, ...(wanted !== undefined && { name: wanted }) };
    // The runner of a finished job may report its record again, such as when it kills what the job left behind.
    const result = isFinished(job)
      ? await this.jobs.currentLinkOf(job)?.rename(request).catch(throwUnlessForgotten)
      : await this.jobs.requireLink(job).rename(request);
    if (result === undefined) return this.jobs.history.rename(this.jobs.get(job.id), wanted);
    if ('refused' in result)
      throw new JobError(
        `Another job that is not finished has the name ${quote(wanted ?? '')}. Choose another.`,
      );
    return result.job;
  }

  /** Disconnects. For what happens to running jobs, see `endJobsWithManager`. */
  async dispose(): Promise<void> {
    this.watches.dispose();
    this.input.dispose();
    this.jobs.dispose();
    await Promise.all([this.logs.dispose(), this.problems.dispose(), this.#policy.dispose()]);
  }

  /** @returns how many processes were ended @throws JobError if one could not be ended */
  async #endLeftovers(jobs: readonly JobRecord[], { kind }: Starter): Promise<number> {
    const reachable = await this.jobs.leftovers.onThisMachine(jobs);
    const results = await Promise.all(reachable.map(({ id }) => this.kill(id, kind)));
    requireEnded(results.flatMap(({ survivors }) => survivors));
    return results.reduce((sum, { ended }) => sum + ended, 0);
  }
}
