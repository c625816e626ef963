import { randomUUID } from 'node:crypto';
import type { MatcherContributions } from '../../problems/matcher-definition.ts';
import type { JobRecord, JobSpec, Starter } from '../../protocol/job-record.ts';
import type { StartResult } from '../../protocol/messages.ts';
import type { JobLogs } from '../output/job-logs.ts';
import type { KnownJobs } from '../records/known-jobs.ts';
import { survivorsError } from '../records/survivors.ts';
import { RunnerGoneError } from '../runners/runner-gone-error.ts';
import type { RunnerLink } from '../runners/runner-link.ts';
import type { JobApprovals, StartApproval } from './job-approvals.ts';
import { dependenciesOf } from './job-dependencies.ts';
import { matchersOf, roundsCondition } from './job-matchers.ts';
import type { JobPolicy } from './job-policy.ts';
import type { StartOrder } from './start-order.ts';
import { makeSpec, refusalOf, type StartDefaults, type StartRequest } from './start-request.ts';
import type { StartedJob } from './started-job.ts';

interface StartSettings extends Omit<StartDefaults, 'env'> {
  readonly refuseAboveLimit?: boolean;
}

interface JobStartsOptions {
  readonly settings: () => StartSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly contributedMatchers?: (() => MatcherContributions) | undefined;
  readonly jobs: KnownJobs;
  readonly logs: JobLogs;
  readonly policy: JobPolicy;
  readonly approvals: JobApprovals;
  readonly order: StartOrder;
  /** Ends what finished jobs left behind. @returns how many processes were ended */
  readonly endLeftovers: (jobs: readonly JobRecord[], by: Starter) => Promise<number>;
}

/** Starts jobs. */
export class JobStarts {
  readonly #options: JobStartsOptions;

  constructor(options: JobStartsOptions) {
    this.#options = options;
  }

  /** See `JobManager.start()`. */
  async start(given: StartRequest): Promise<StartedJob> {
    const { jobs, approvals, order, settings } = this.#options;
    const request = { ...given, requestedAt: given.requestedAt ?? Date.now() };
    const { name, after = [] } = request;
    const spec = await this.specOf(request);
    // Brings the table up to date, too.
    const link = await jobs.runner();
    // A restart was approved before the job was ended.
    const approval =
      request.follows === undefined
        ? await approvals.requireForStart(spec, jobs.active())
        : { approvedBy: request.approvedBy };
    await jobs.catchUp(after);
    await order.started(after, name);
    const leftoversEnded = await this.#endNamesakes(spec);
    const result = await this.#request(request, spec, approval, link);
    if (!('refused' in result)) {
      jobs.put(result.job);
      return { job: result.job, isExisting: false, leftoversEnded };
    }
    if (result.refused === 'survivors') throw survivorsError(result.survivors);
    const isSame =
      result.refused === 'name' && result.job.command === spec.command && result.job.cwd === spec.cwd;
    if (isSame) return { job: result.job, isExisting: true, leftoversEnded };
    const running = jobs.running().filter((job) => jobs.currentLinkOf(job) !== undefined);
    throw refusalOf(result, running, settings().limits, request.isRestart);
  }

  /** Makes the specification of a job. @throws JobError if the request is invalid or the policy refuses it */
  async specOf(request: StartRequest): Promise<JobSpec> {
    const { settings, env, policy, contributedMatchers } = this.#options;
    const spec = makeSpec(request, { ...settings(), env });
    const matchers = matchersOf(request, spec.cwd, contributedMatchers);
    await policy.check(spec, 'start', spec.startedBy.kind);
    if (matchers.length === 0) return spec;
    const ready = spec.ready ?? roundsCondition(matchers);
    return { ...spec, matchers, ...(ready !== undefined && { ready }) };
  }

  async #request(
    request: StartRequest,
    spec: JobSpec,
    approval: StartApproval,
    link: RunnerLink,
  ): Promise<Exclude<StartResult, { readonly refused: 'ended' }>> {
    const { jobs, approvals } = this.#options;
    const result = await this.#send(request, spec, approval, link);
    if (!('refused' in result) || result.refused !== 'ended') return result;
    // The job that was to be returned has ended, and its approval counts for no other run.
    const own = { approvedBy: await approvals.require(spec) };
    return this.#request(request, spec, own, await jobs.runner());
  }

  async #send(
    { name, after = [], requestedAt, mayQueue = true, replaces, follows }: StartRequest,
    spec: JobSpec,
    { approvedBy, expects }: StartApproval,
    link: RunnerLink,
  ): Promise<StartResult> {
    const { jobs, logs, settings } = this.#options;
    const { refuseAboveLimit = false } = settings();
    const begin = async (id: string, to: RunnerLink): Promise<StartResult> => {
      const known = { jobs, logs };
      const others = dependenciesOf(known, { name, after, runner: to.runner, requestedAt }).map(
        (job) => job.id,
      );
      const order = others.length > 0 && { after: others };
      return to.start({
        spec: { ...spec, id, ...order, ...(approvedBy !== undefined && { approvedBy }) },
        mayQueue: mayQueue && !refuseAboveLimit,
        ...(replaces && { replaces }),
        ...(follows && { follows }),
        ...(expects && { expects }),
      });
    };
    return begin(spec.id, link).catch(async (error: unknown) => {
      if (!(error instanceof RunnerGoneError)) throw error;
      const next = await jobs.runner();
      // A runner that was killed may have begun to run the command. One that exits has no jobs and ignores the request.
      // The second attempt gets another id, since processes of the first one are found and stopped by its id.
      const begun = jobs.find(spec.id);
      return begun === undefined ? begin(randomUUID(), next) : { job: begun };
    });
  }

  /** Ends what finished jobs of the same name left behind, such as a server that would keep its port. */
  async #endNamesakes({ name, startedBy }: JobSpec): Promise<number> {
    const { jobs, endLeftovers } = this.#options;
    if (name === undefined || jobs.active().some((job) => job.name === name)) return 0;
    const named = jobs.withLeftovers().filter((job) => job.name === name);
    return endLeftovers(named, startedBy);
  }
}
