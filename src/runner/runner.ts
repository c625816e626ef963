import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { ensureFolder } from '../base/ensure-folder.ts';
import type { ProcessTable } from '../processes/process-table.ts';
import { systemProcessTable } from '../processes/system-process-table.ts';
import type { JobRecord } from '../protocol/job-record.ts';
import { Journal } from '../protocol/journal.ts';
import type { RenameResult, StartParams, StartResult } from '../protocol/messages.ts';
import type { PrivateFolder } from '../sockets/private-folder.ts';
import { FifoPool } from './fifo-pool.ts';
import { type Inheritance, Job, type JobContext } from './job.ts';
import { createLimitSetter } from './limit-setter.ts';
import { PreparedLog } from './prepared-log.ts';

interface RunnerEvents {
  changed: [JobRecord];
  grew: [{ id: string; end: number }];
  /** A client removed a job from the history. */
  removed: [{ id: string; by: object }];
}

/**
 * Owns job processes and their pipes. It carries out what managers request, and the limits of each job, also while no
 * manager is connected. It makes no decisions of its own.
 */
export class Runner extends EventEmitter<RunnerEvents> {
  readonly id = randomUUID();
  readonly #fifos: FifoPool;
  readonly #logs: PreparedLog;
  readonly #jobs = new Map<string, Job>();
  readonly #context: JobContext;
  readonly #journal: Journal;
  /** Jobs whose newest record could not be stored. It is tried again with the next record, and at the end. */
  readonly #unrecorded = new Set<Job>();
  #isEnding = false;

  /**
   * @param storage the storage folder, which must exist
   * @param privateFolder folder for FIFOs
   */
  static async create(storage: string, privateFolder: PrivateFolder): Promise<Runner> {
    const processes = systemProcessTable();
    ensureFolder(join(storage, 'jobs'));
    return new Runner(storage, new FifoPool(privateFolder), processes, await processes.bootId());
  }

  private constructor(storage: string, fifos: FifoPool, processes: ProcessTable, bootId: string) {
    super();
    this.#fifos = fifos;
    this.#logs = new PreparedLog(storage, this.id);
    this.#journal = new Journal(storage);
    this.#context = {
      runner: this.id,
      fifos,
      logs: this.#logs,
      limits: createLimitSetter(),
      processes,
      bootId,
      onChanged: (job) => {
        this.#record(job);
        this.emit('changed', job);
      },
      onGrew: (id, end) => this.emit('grew', { id, end }),
    };
  }

  get running(): Job[] {
    return [...this.#jobs.values()].filter((job) => job.isRunning);
  }

  /** Returns the records that may not be in the journal. */
  get currentJobs(): JobRecord[] {
    return [...this.#jobs.values()]
      .filter((job) => job.isRunning || this.#unrecorded.has(job))
      .map((job) => job.record);
  }

  find(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  /** Refuses a second running job of a name, and jobs above the limit. Never resolves once the runner is exiting. */
  async start({ spec, maxRunning }: StartParams, inheritance: Inheritance): Promise<StartResult> {
    // The connection is about to close. Then the client starts another runner.
    if (this.#isEnding) return new Promise(() => undefined);
    const running = this.running;
    const sameName = this.#findByName(spec.name);
    if (sameName !== undefined) return { refused: 'name', job: sameName.record };
    if (running.length >= maxRunning) return { refused: 'limit', running: running.length };
    const job = new Job(spec, this.#context);
    this.#jobs.set(spec.id, job);
    // Before the process exists: if this runner dies right after the fork, the next manager must know the job.
    this.#record(job.record);
    await job.start(inheritance);
    return { job: job.record };
  }

  /** Renames a job, unless another running job has the name. */
  rename(job: Job, name: string | undefined): RenameResult {
    const sameName = job.isRunning ? this.#findByName(name) : undefined;
    if (sameName !== undefined && sameName !== job) return { refused: 'name', job: sameName.record };
    job.rename(name);
    return { job: job.record };
  }

  /** Ends jobs because the runner or their client ends. @param jobs default: all */
  async shutDown(jobs: readonly Job[] = [...this.#jobs.values()]): Promise<void> {
    await Promise.all(jobs.map((job) => job.shutDown()));
  }

  /** Returns true while there is a job for whose sake the runner must not exit. */
  get isNeeded(): boolean {
    return [...this.#jobs.values()].some((job) => job.holdsRunner);
  }

  /** Looks again which finished jobs have processes left. */
  async refreshLeftovers(): Promise<void> {
    await Promise.all([...this.#jobs.values()].map((job) => job.refreshLeftovers()));
  }

  /** Stops accepting jobs. */
  refuseStarts(): void {
    this.#isEnding = true;
  }

  /**
   * Rewrites the journal without outdated lines. Only for the one runner of the storage folder.
   *
   * @throws the file system's error
   */
  compactJournal(): void {
    this.#recordMissing();
    this.#journal.compact();
  }

  async dispose(): Promise<void> {
    await this.#fifos.dispose();
    this.#logs.dispose();
    this.#recordMissing();
  }

  #findByName(name: string | undefined): Job | undefined {
    return name === undefined ? undefined : this.running.find(({ record }) => record.name === name);
  }

  /** A job whose record cannot be stored continues. It is then known while this runner lives. */
  #record(record: JobRecord): void {
    const job = this.#jobs.get(record.id);
    if (job === undefined) return;
    this.#unrecorded.add(job);
    this.#recordMissing();
  }

  #recordMissing(): void {
    try {
      for (const job of this.#unrecorded) {
        this.#journal.recordJob(job.record);
        this.#unrecorded.delete(job);
      }
    } catch (error) {
      console.error(error);
    }
  }
}
