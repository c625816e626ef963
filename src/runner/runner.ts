import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { allDone } from '../base/all-done.ts';
import { ensureFolder } from '../base/ensure-folder.ts';
import type { ProcessTable } from '../processes/process-table.ts';
import { systemProcessTable } from '../processes/system-process-table.ts';
import { isFinished, type JobRecord } from '../protocol/job-record.ts';
import { Journal } from '../protocol/journal.ts';
import type { KillParams, KillResult, RenameResult, StartParams, StartResult } from '../protocol/messages.ts';
import type { PrivateFolder } from '../sockets/private-folder.ts';
import { FinishedJobs } from './finished-jobs.ts';
import type { StoredOutput } from './growth-notice.ts';
import { IdleTask } from './idle-task.ts';
import { Job } from './job.ts';
import type { Inheritance, JobContext } from './job-context.ts';
import { JobQueue } from './job-queue.ts';
import { PipePool } from './pipe-pool.ts';
import { ProcessStarter } from './posix/process-starter.ts';
import { PreparedLog } from './prepared-log.ts';
import { readinessWatch } from './readiness-watch.ts';
import { Successors } from './successors.ts';

/** What a job gets from the client that starts it. */
export interface StartContext extends Inheritance {
  /** Returns how many jobs may run when one of its jobs starts. */
  readonly maxRunning: () => number;
}

interface RunnerEvents {
  changed: [JobRecord];
  grew: [StoredOutput];
  /** A client renamed a finished job of an earlier runner. */
  renamed: [{ job: JobRecord; by: object }];
  /** A client removed a job from the history. */
  removed: [{ id: string; by: object }];
}

/**
 * Owns job processes and their pipes. It carries out what managers request, and the limits of each job, also while no
 * manager is connected. It makes no decisions of its own.
 */
export class Runner extends EventEmitter<RunnerEvents> {
  readonly id = randomUUID();
  readonly #pipes: PipePool;
  readonly #starter = new ProcessStarter();
  readonly #logs: PreparedLog;
  readonly #jobs = new Map<string, Job>();
  readonly #successors = new Successors((id) => this.#jobs.get(id));
  readonly #finished = new FinishedJobs();
  readonly #context: JobContext;
  readonly #journal: Journal;
  readonly #queue = new JobQueue({
    find: (id) => this.#jobs.get(id),
    countRunning: () => this.running.length,
    // Before the job has a process: output of a job that still counts as queued would confuse its readers.
    onStarting: ({ record }) => this.emit('changed', record),
  });
  /** Jobs whose newest record is not stored yet, or could not be. It is tried again with the next record, and at the end. */
  readonly #unrecorded = new Set<Job>();
  readonly #recording = new IdleTask(() => this.#recordMissing());
  #isEnding = false;

  /**
   * @param storage the storage folder, which must exist
   * @param privateFolder folder for FIFOs
   */
  static async create(storage: string, privateFolder: PrivateFolder): Promise<Runner> {
    const processes = systemProcessTable();
    ensureFolder(join(storage, 'jobs'));
    return new Runner(storage, privateFolder, processes, await processes.bootId());
  }

  private constructor(storage: string, folder: PrivateFolder, processes: ProcessTable, bootId: string) {
    super();
    this.#pipes = new PipePool(folder, () => this.#starter.pipes);
    this.#logs = new PreparedLog(storage, this.id);
    this.#journal = new Journal(storage, { staysOpen: true });
    this.#context = {
      runner: this.id,
      pipes: this.#pipes,
      starter: this.#starter,
      logs: this.#logs,
      processes,
      bootId,
      watchReadiness: readinessWatch(storage),
      // Before the process exists: if this runner dies right after the fork, the next manager must know the job.
      onStarting: (job) => this.#record(job),
      // The record of its start is enough to find the process, so the client need not wait for this one.
      onStarted: (job) => {
        this.#recordSoon(job);
        this.#report(job);
      },
      onChanged: (job) => {
        if (isFinished(job)) this.#finished.noteEnd(job.id);
        this.#record(job);
        this.#report(job);
      },
      onGrew: (output) => this.emit('grew', output),
    };
  }

  get running(): Job[] {
    return [...this.#jobs.values()].filter((job) => job.isRunning);
  }

  /** Returns the records that may not be in the journal. */
  get currentJobs(): JobRecord[] {
    return [...this.#jobs.values()]
      .filter((job) => job.isActive || this.#unrecorded.has(job))
      .map((job) => job.record);
  }

  find(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  /**
   * Starts or queues a job, after the end of the one that it replaces and in its slot. Refuses a second job of a name, and
   * jobs above the limit that may not be queued. Never resolves once the runner is exiting.
   */
  async start(params: StartParams, context: StartContext): Promise<StartResult> {
    const { spec, replaces } = params;
    const replaced = replaces && this.#jobs.get(replaces.id);
    const isOver = (): Promise<unknown> | undefined =>
      replaced === undefined ? this.#changeOf(spec.name) : this.#successors.pendingOf(replaced);
    for (let change = isOver(); change !== undefined; change = isOver()) await change.catch(() => undefined);
    if (replaces === undefined || replaced === undefined || this.#isEnding)
      return this.#start(params, context);
    // A job that was queued must not end because its successor is refused.
    const mayQueue = params.mayQueue || replaced.isQueued;
    const replacing = this.#queue.replace(replaces.id, async () => {
      const { survivors } = await replaced.kill(replaces);
      if (survivors.length > 0) return { refused: 'survivors', survivors };
      const successor = this.#successors.activeOf(replaces.id);
      if (successor !== undefined) return { refused: 'name', job: successor.record };
      return this.#start({ ...params, mayQueue }, context);
    });
    return this.#successors.during(replaced, replacing);
  }

  /** Returns what must be over before it is known whose name it is: a job is being killed or replaced. */
  #changeOf(name: string | undefined): Promise<unknown> | undefined {
    if (name === undefined) return undefined;
    return this.#successors.pendingNamed(name) ?? this.#findByName(name)?.killing;
  }

  /** Ends all processes of a job. If another one is about to take its place, ends that one, too. */
  async kill(job: Job, options: Omit<KillParams, 'id'>): Promise<KillResult> {
    const replacing = this.#successors.pendingOf(job);
    const result = await job.kill(options);
    const started = await replacing?.catch(() => undefined);
    if (started === undefined || 'refused' in started) return result;
    const successor = this.#jobs.get(started.job.id);
    if (successor === undefined) return result;
    const last = await this.kill(successor, options);
    return { ...last, ended: result.ended + last.ended };
  }

  async #start(
    { spec, mayQueue, replaces, follows, expects }: StartParams,
    context: StartContext,
  ): Promise<StartResult> {
    // The connection is about to close. Then the client starts another runner.
    if (this.#isEnding) return new Promise(() => undefined);
    const hasSlot = replaces !== undefined && this.#queue.takeSlot(replaces.id);
    const running = this.running.length + this.#queue.keptSlots;
    const isAboveLimit = !hasSlot && running >= context.maxRunning();
    const existing = this.#findByName(spec.name) ?? (follows && this.#successors.unknownOf(follows));
    if (existing !== undefined) return { refused: 'name', job: existing.record };
    if (expects !== undefined) return { refused: 'ended' };
    if (isAboveLimit && !mayQueue) return { refused: 'limit', running };
    const job = new Job(spec, this.#context);
    this.#jobs.set(spec.id, job);
    const origin = follows?.id ?? replaces?.id;
    if (origin !== undefined) this.#successors.note(origin, spec.id);
    if (isAboveLimit || this.#queue.mustWaitForOthers(spec)) {
      this.#queue.add({ job, inheritance: context, limit: context.maxRunning });
      this.#context.onChanged(job.record);
    } else await job.start(context);
    // Only now, since the request may name a job that was removed while it was on its way.
    this.#forgetFinished();
    return { job: job.record };
  }

  /** Frees the memory of finished jobs, which would otherwise grow with each start. */
  #forgetFinished(): void {
    const { awaited } = this.#queue;
    const forgotten = this.#finished.take((id) => {
      const job = this.#jobs.get(id);
      return job === undefined || (job.isOver && !this.#unrecorded.has(job) && !awaited.has(id));
    });
    for (const id of forgotten) {
      this.#jobs.delete(id);
      this.#successors.forget(id);
    }
  }

  /** Notes that a client removed a finished job from the history, and reports it. */
  noteRemoval(id: string, by: object): void {
    this.#finished.noteRemoval(id);
    this.#successors.forget(id);
    this.emit('removed', { id, by });
  }

  /** Starts the queued jobs that may start. Call it when a limit has changed. */
  updateQueue(): void {
    this.#queue.update();
  }

  /** Renames a job, unless another queued or running job has the name. */
  rename(job: Job, name: string | undefined): RenameResult {
    const sameName = job.isActive ? this.#findByName(name) : undefined;
    if (sameName !== undefined && sameName !== job) return { refused: 'name', job: sameName.record };
    job.rename(name);
    return { job: job.record };
  }

  /**
   * Ends jobs because the runner or their client ends. Resolves or rejects when the kill of each job is over.
   *
   * @param jobs default: all
   */
  async shutDown(jobs: readonly Job[] = [...this.#jobs.values()]): Promise<void> {
    // Those that wait for one of them end in the same way, and do not start when others end.
    this.#queue.hold(() => {
      for (const job of jobs) if (job.isQueued) job.cancel('shutdown');
    });
    this.#queue.update();
    await allDone(jobs.map((job) => job.shutDown()));
  }

  /** Returns true while there is a job for whose sake the runner must not exit. */
  get isNeeded(): boolean {
    return [...this.#jobs.values()].some((job) => job.holdsRunner);
  }

  /** Looks again which finished jobs have processes left. */
  async refreshLeftovers(): Promise<void> {
    await allDone([...this.#jobs.values()].map((job) => job.refreshLeftovers()));
  }

  /** Stops accepting jobs. */
  refuseStarts(): void {
    this.#isEnding = true;
    this.#queue.close();
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
    await this.#pipes.dispose();
    this.#starter.dispose();
    this.#logs.dispose();
    this.#recording.dispose();
    this.#recordMissing();
    this.#journal.close();
  }

  #findByName(name: string | undefined): Job | undefined {
    if (name === undefined) return undefined;
    return [...this.#jobs.values()].find((job) => job.isActive && job.record.name === name);
  }

  #report(job: JobRecord): void {
    // First, so that clients learn of an end before they learn of the start that it allows.
    this.emit('changed', job);
    this.#queue.update();
  }

  /** Records a job after the answer to the current request is sent. */
  #recordSoon({ id }: JobRecord): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    this.#unrecorded.add(job);
    this.#recording.schedule();
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
