import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { findRunners, removeRemains } from '../protocol/runner-address.ts';
import { watchRunners } from '../protocol/runner-files.ts';
import { systemProcessTable } from '../processes/system-process-table.ts';
import type { JobRecord } from '../protocol/job-record.ts';
import type { connectRunner, LinkOptions, RunnerLink } from './runners/runner-link.ts';
import { JobError } from '../base/job-error.ts';
import { History } from './job-history.ts';
import { JobTable } from './job-table.ts';
import type { Limits } from './limits.ts';
import { RunnerPool } from './runners/runner-pool.ts';

/** How often, and at what intervals (ms), a manager looks whether a runner that fell silent is dead. */
const RECOVERY_TRIES = 100;
const RECOVERY_PAUSE = 50;

export interface KnownJobsOptions {
  readonly storage: string;
  /** Path of the bundled runner. */
  readonly runnerScript: string;
  readonly loadConnect: () => typeof connectRunner;
  readonly link: () => LinkOptions;
  readonly limits: () => Limits;
}

interface KnownJobsEvents {
  changed: [JobRecord];
  removed: [JobRecord];
  /** The log of a watched job grew; its id. */
  grew: [string];
  /** A runner was gone, and what became of its jobs is known now. */
  recovered: [];
}

/**
 * Keeps the table of jobs true: brings together what the journal tells of before, what the connected runners tell
 * of now, and what became of jobs whose runner died.
 */
export class KnownJobs extends EventEmitter<KnownJobsEvents> {
  readonly table = new JobTable();
  readonly history: History;
  readonly #storage: string;
  readonly #runners: RunnerPool;
  readonly #processes = systemProcessTable();
  #loading: Promise<void> | undefined;
  #watcher: { close(): void } | undefined;
  #isDisposed = false;
  /** The runner that we were connected to when the history was read. */
  #loadedWith: string | undefined;

  constructor({ storage, runnerScript, loadConnect, link, limits }: KnownJobsOptions) {
    super();
    this.#storage = storage;
    this.#runners = new RunnerPool(storage, runnerScript, loadConnect, link);
    this.history = new History(storage, this.table, limits, (id) => this.#runners.tellRemoved(id));
    this.#runners.on('changed', (job) => {
      this.table.put(job);
      if (job.status !== 'running') this.history.noteEnd(job);
    });
    this.#runners.on('removed', (id) => this.table.remove(id));
    this.#runners.on('grew', ({ id }) => this.emit('grew', id));
    this.#runners.on('gone', (runner) => {
      this.#recover(runner).catch(() => undefined);
    });
    this.table.on('changed', (job) => this.emit('changed', job));
    this.table.on('removed', (job) => this.emit('removed', job));
  }

  /** The options for runners have changed. */
  greet(): Promise<void> {
    return this.#runners.greet();
  }

  /** One look for a living runner: its jobs are then known and told of. Does nothing when there is none. */
  async attach(): Promise<void> {
    if ((await findRunners(this.#storage, this.#processes)).length > 0) await this.ready();
  }

  /** Finds the jobs of before and those that run; starts nothing. Called before jobs are looked at. */
  async ready(): Promise<void> {
    // Others start runners too. One that we are connected to tells us all that happens from then on.
    const runner = this.#runners.current?.runner;
    if (runner !== undefined && runner === this.#loadedWith) return;
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    await this.#loading;
  }

  /** The runner for new jobs, started when there is none. @throws JobError when it cannot be started */
  async runner(): Promise<RunnerLink> {
    try {
      const link = await this.#runners.findOrLaunch();
      await this.ready();
      return link;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new JobError(`The job runner cannot be started: ${reason} Check the folder ${this.#storage}.`);
    }
  }

  /** The connection to the runner of a job; undefined when that is gone. */
  linkOf({ runner }: JobRecord): RunnerLink | undefined {
    return this.#runners.get(runner);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#watcher?.close();
    this.#runners.dispose();
  }

  async #load(): Promise<void> {
    let runner: string | undefined;
    await this.history.load(async () => {
      await this.#runners.attach();
      runner = this.#runners.current?.runner;
      const runners = await findRunners(this.#storage, this.#processes);
      // After the look: whose jobs are lost now has its remains removed, too.
      await removeRemains(this.#storage, this.#processes);
      return new Set(runners.map(({ address }) => address.runner));
    });
    this.#loadedWith = runner;
    this.#follow();
  }

  /** From now on a runner that another manager starts is found, so that its jobs are seen without being asked for. */
  #follow(): void {
    if (this.#isDisposed) return;
    this.#watcher ??= watchRunners(this.#storage, () => {
      if (this.#runners.current === undefined) this.attach().catch(() => undefined);
    });
  }

  /** The connection to a runner broke: it ended or died, or it is still there. */
  async #recover(runner: string): Promise<void> {
    const hasOpenJobs = (): boolean => this.table.running().some((job) => job.runner === runner);
    const isPublished = async (): Promise<boolean> => {
      const found = await findRunners(this.#storage, this.#processes);
      return found.some(({ address }) => address.runner === runner);
    };
    // A process that dies closes its sockets a moment before it is gone.
    for (let tries = 0; tries < RECOVERY_TRIES; tries++) {
      if (tries > 0) await delay(RECOVERY_PAUSE);
      if (hasOpenJobs()) await this.ready();
      if (this.#runners.get(runner) !== undefined || !(hasOpenJobs() || (await isPublished()))) break;
    }
    await removeRemains(this.#storage, this.#processes);
    this.emit('recovered');
  }
}
