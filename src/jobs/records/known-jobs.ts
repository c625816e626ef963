import { setTimeout as delay } from 'node:timers/promises';
import { asSentence, isExplained, messageOf } from '../../base/error-message.ts';
import { JobError } from '../../base/job-error.ts';
import { systemProcessTable } from '../../processes/system-process-table.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import { findRunners, removeRemains } from '../../protocol/runner-address.ts';
import { watchRunners } from '../../protocol/runner-files.ts';
import type { LinkOptions, RunnerLink } from '../runners/runner-link.ts';
import { RunnerPool } from '../runners/runner-pool.ts';
import { RunnerSilentError } from '../runners/runner-silent-error.ts';
import { JobHistory } from './job-history.ts';
import { JobTable } from './job-table.ts';
import { type JobInterest, JobWatchers } from './job-watchers.ts';
import { Leftovers } from './leftovers.ts';
import type { Limits } from './limits.ts';
import { LoadState } from './load-state.ts';
import { type TerminalView, TerminalViews } from './terminal-views.ts';

/** How often a manager checks whether a runner whose connection broke is dead, and the pause between checks. */
const RECOVERY_ATTEMPTS = 100;
const RECOVERY_PAUSE_MS = 50;
/** Age up to which a sign of life from a runner is enough: while jobs keep all processors busy, an answer takes 20 ms. */
const RECENT_SIGN_MS = 1000;

const BOUND_RUNNER =
  'Windows ends the runner, and with it all jobs, when the program that started Background Jobs exits (such as a ' +
  'terminal tab): it holds its processes in a job object that they may not leave.';

interface KnownJobsOptions {
  readonly storage: string;
  /** Path of the bundled runner. */
  readonly runnerScript: string;
  readonly link: () => LinkOptions;
  readonly limits: () => Limits;
}

/**
 * The table of jobs, kept up to date from three sources: the journal on disk, the connected runners, and the check for
 * jobs whose runner died.
 */
export class KnownJobs extends JobTable {
  readonly history: JobHistory;
  readonly leftovers = new Leftovers(this);
  readonly #storage: string;
  readonly #runners: RunnerPool;
  readonly #watchers = new JobWatchers((id) => this.#linkOfId(id));
  readonly #views = new TerminalViews((id) => this.#linkOfId(id));
  readonly #processes = systemProcessTable();
  #loading: Promise<void> | undefined;
  #watcher: { close(): void } | undefined;
  #isDisposed = false;
  readonly #load = new LoadState();

  constructor({ storage, runnerScript, link, limits }: KnownJobsOptions) {
    super();
    // Each client session and each subscription adds a listener.
    this.setMaxListeners(0);
    this.#storage = storage;
    this.#runners = new RunnerPool(storage, runnerScript, link, {
      onConnected: (connected) => this.#onConnected(connected),
      onClosed: (runner) => this.#onClosed(runner),
      onBound: () => this.emit('warning', BOUND_RUNNER),
    });
    this.history = new JobHistory(storage, this, limits, {
      onRemoved: (id) => this.#runners.notifyRemoved(id),
      onRenamed: (job) => this.#runners.notifyChanged(job),
    });
    this.on('changed', ({ id }) => this.#watchers.wake(id));
    this.on('removed', ({ id }) => this.#watchers.wake(id));
  }

  /** Sends the current settings to the runners, which cache them. */
  sendSettings(): Promise<void> {
    return this.#runners.sendSettings();
  }

  /** Connects to all living runners, and loads the jobs. Without a living runner it does nothing. */
  async attach(): Promise<void> {
    const found = await findRunners(this.#storage, this.#processes);
    if (found.length === 0) return;
    if (found.some(({ address }) => this.#runners.get(address.runner) === undefined)) {
      // A load in progress may have looked for runners before. If it fails, ready() tries again and reports the error.
      await this.#loading?.catch(() => undefined);
      this.#load.invalidate();
    }
    await this.ready();
  }

  /** Brings the table up to date. Starts no process. Call it before reading the table. */
  async ready(): Promise<void> {
    const isComplete = this.active().every((job) => this.linkOf(job) !== undefined);
    if (!this.#load.isUpToDate(this.#runners.current?.runner, isComplete)) {
      this.#loading ??= this.#readAll().finally(() => (this.#loading = undefined));
      await this.#loading;
    }
    if (this.withLeftovers().length > 0) await this.leftovers.refresh();
  }

  /** Learns of jobs that another manager has just started, if a caller may mean one. */
  async catchUp(references: readonly string[]): Promise<void> {
    if (references.every((each) => this.isCertain(each))) return;
    // A sign of life of the runner comes after all that it has reported before.
    await this.#runners.current?.isResponsive();
  }

  /** Returns the runner for new jobs, and starts it if necessary. @throws JobError if it cannot be started */
  async runner(): Promise<RunnerLink> {
    try {
      const link = await this.#runners.findOrLaunch();
      await this.ready();
      return link;
    } catch (error) {
      if (error instanceof RunnerSilentError) throw error;
      const reason = asSentence(messageOf(error));
      const advice = isExplained(error) ? '' : ` Check the folder ${this.#storage}.`;
      throw new JobError(`The job runner cannot be started: ${reason}${advice}`);
    }
  }

  /** Returns the connection to the runner of a job. Undefined if it is closed. */
  linkOf({ runner }: JobRecord): RunnerLink | undefined {
    return this.#runners.get(runner);
  }

  /** Like `linkOf()`, for a runner that understands all requests. */
  currentLinkOf(job: JobRecord): RunnerLink | undefined {
    const link = this.linkOf(job);
    return link?.isCurrent === true ? link : undefined;
  }

  /** Returns false if the runner of a job is not connected or does not answer, so that its state may be out of date. */
  isReachable(job: JobRecord): boolean {
    return this.linkOf(job)?.isSilent === false;
  }

  /** Like `isReachable()`, after a short wait for a sign of life from the runner if there was none recently. */
  async isResponsive(job: JobRecord): Promise<boolean> {
    return (await this.linkOf(job)?.isResponsive({ recentMs: RECENT_SIGN_MS })) === true;
  }

  /** @throws JobError if the connection to the runner of a job is closed */
  requireLink(job: JobRecord): RunnerLink {
    const link = this.linkOf(job);
    const silentPid = this.#runners.silentPid(job.runner);
    if (link === undefined && silentPid !== undefined) throw new RunnerSilentError(silentPid, false);
    if (link === undefined)
      throw new JobError('The runner of this job does not answer. Try again in a moment.');
    return link;
  }

  /** Returns the pids of a running job that a signal has stopped, if the system shows that. It is cheap. */
  async stopped(job: JobRecord): Promise<readonly number[]> {
    const { status, pid, pidStarted } = job;
    if (status !== 'running' || pid === undefined || pidStarted === undefined) return [];
    // Without its runner, it may be a job of another machine.
    if (this.linkOf(job) === undefined) return [];
    return (await this.#processes.findStopped?.(pid, pidStarted).catch(() => [])) ?? [];
  }

  /**
   * Calls back when a job changes and, unless only changes are of interest, when its log grows (see `Growth`).
   *
   * @returns a function that ends the watch
   * @throws JobError if there is no such job
   */
  watch(reference: string, wake: () => void, interest: JobInterest = 'growth'): () => void {
    return this.#watchers.add(this.get(reference).id, { wake, interest });
  }

  /**
   * Notes that a viewer shows the terminal of a job, and sends what it answers to queries in the output that follows. Read
   * the screen after this resolves. Without a viewer, the runner answers.
   *
   * @throws JobError if there is no such job
   */
  view(reference: string): Promise<TerminalView> {
    return this.#views.add(this.get(reference).id);
  }

  /** Calls the watchers of a job, after a change that is not part of its record. */
  wake(id: string): void {
    this.#watchers.wake(id);
  }

  /** Removes a finished job and its log. @throws JobError if processes of the job are alive */
  async removeFinished(reference: string): Promise<void> {
    const { id } = this.get(reference);
    await this.leftovers.refresh();
    const job = this.get(id);
    if (!isFinished(job)) throw new JobError(`The job is ${job.status}. Kill it first.`);
    const { leftBehind = 0 } = job;
    if (leftBehind > 0) {
      const processes =
        leftBehind === 1 ? 'A process of the job is' : `${leftBehind} processes of the job are`;
      throw new JobError(`${processes} still running. Kill the job first.`);
    }
    this.history.remove(job);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#watcher?.close();
    this.#watchers.dispose();
    this.#runners.dispose();
  }

  #linkOfId(id: string): RunnerLink | undefined {
    const job = this.find(id);
    return job && this.linkOf(job);
  }

  #onConnected(link: RunnerLink): void {
    const put = (job: JobRecord): void => {
      this.put(job);
      if (isFinished(job)) this.history.noteEnd(job);
    };
    link.on('changed', put);
    link.on('removed', (id) => this.remove(id));
    link.on('grew', (growth) => {
      this.emit('printed', growth);
      this.#watchers.grew(growth.id);
    });
    for (const job of link.jobs) put(job);
    this.#watchers.resume(link);
    this.#views.resume(link);
  }

  #onClosed(runner: string): void {
    // Jobs may end before the next connection, so the journal must be read again, also for a runner of another version.
    this.#load.invalidate();
    void this.#recover(runner);
  }

  async #readAll(): Promise<void> {
    const noteEnd = this.#load.begin();
    let runner: string | undefined;
    let alive: ReadonlySet<string> = new Set();
    const findLiving = async (): Promise<ReadonlySet<string>> => {
      await this.#runners.attach();
      runner = this.#runners.current?.runner;
      const runners = await findRunners(this.#storage, this.#processes);
      // After the search, so that it includes the remains of runners whose jobs are now lost.
      await removeRemains(this.#storage, this.#processes);
      alive = new Set(runners.map(({ address }) => address.runner));
      return alive;
    };
    await this.history.load(findLiving, (id) => this.#runners.get(id) !== undefined);
    await this.leftovers.endOrphans(alive);
    noteEnd(this.#runners.current?.runner === runner ? runner : undefined);
    this.#follow();
  }

  /** Connects to runners that other managers start from now on, so that their jobs appear without a call. */
  #follow(): void {
    if (this.#isDisposed) return;
    this.#watcher ??= watchRunners(this.#storage, () => {
      // If this fails, the next call of ready() tries again and reports the error.
      this.attach().catch(() => undefined);
    });
  }

  /** Finds out, after a connection broke, whether the runner exited, died, or is still alive. */
  async #recover(runner: string): Promise<void> {
    // A dying process closes its sockets shortly before it is gone, so check more than once.
    for (let attempt = 0; attempt < RECOVERY_ATTEMPTS; attempt++) {
      if (attempt > 0) await delay(RECOVERY_PAUSE_MS);
      if (this.#isDisposed) return;
      try {
        if (await this.#isRecovered(runner)) return;
      } catch {
        // The files or the process table cannot be read right now. Try again.
      }
    }
  }

  async #isRecovered(runner: string): Promise<boolean> {
    const hasJobs = (): boolean => this.active().some((job) => job.runner === runner);
    this.#load.invalidate();
    if (hasJobs()) await this.ready();
    else await this.attach();
    if (this.#runners.get(runner) === undefined) {
      const found = await findRunners(this.#storage, this.#processes);
      if (hasJobs() || found.some(({ address }) => address.runner === runner)) return false;
      await this.leftovers.endOrphans(new Set(found.map(({ address }) => address.runner)));
    }
    await removeRemains(this.#storage, this.#processes);
    return true;
  }
}
