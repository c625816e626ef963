import { existsSync } from 'node:fs';
import type { LogWriter } from '../log/store/log-writer.ts';
import type { FifoPool } from './fifo-pool.ts';
import { OutputCapture } from './output-capture.ts';
import { killTree } from '../processes/tree-kill.ts';
import { jobTree } from '../processes/process-tree.ts';
import type { PreparedLog } from './prepared-log.ts';
import type { ProcessTable } from '../processes/process-table.ts';
import type { InspectResult, KillParams, KillResult, WriteResult } from '../protocol/messages.ts';
import {
  DEFAULT_GRACE_MS,
  type EndedBy,
  type JobRecord,
  type JobSpec,
  type JobState,
  type Status,
} from '../protocol/job-record.ts';
import { spawnJob, type SpawnedJob } from './spawn-job.ts';

/** Pause (ms) before a job whose time is up, and that could not be ended, is ended again. */
const RETRY_PAUSE = 1000;

export interface JobContext {
  readonly runner: string;
  readonly fifos: FifoPool;
  readonly logs: Pick<PreparedLog, 'take'>;
  readonly processes: ProcessTable;
  readonly bootId: string;
  /** Called when the job began, failed to, or ended. */
  readonly onChanged: (job: JobRecord) => void;
  readonly onGrew: (id: string, end: number) => void;
}

/** One job while its runner lives: the process, its pipes, its log, its end. */
export class Job {
  #spec: JobSpec;
  readonly #context: JobContext;
  readonly #output: OutputCapture;
  readonly #startedMonotonic = performance.now();
  #state: JobState;
  #log: LogWriter | undefined;
  #process: SpawnedJob | undefined;
  #pidStarted = '';
  #ending: EndedBy | undefined;
  #starting: Promise<void> = Promise.resolve();
  #hasExited = false;
  #ended: Promise<void> = Promise.resolve();
  #killing: Promise<unknown> | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(spec: JobSpec, context: JobContext) {
    this.#spec = spec;
    this.#context = context;
    this.#state = { status: 'running', startedAt: Date.now(), bootId: context.bootId };
    this.#output = new OutputCapture((stream, bytes, length) => {
      this.#log?.write(stream, bytes, length);
      context.onGrew(spec.id, this.#log?.end ?? 0);
    });
  }

  get record(): JobRecord {
    return { ...this.#spec, ...this.#state, runner: this.#context.runner };
  }

  get isRunning(): boolean {
    return this.#state.status === 'running';
  }

  /** Cursor behind the last byte of output. */
  get outputEnd(): number {
    return this.#log?.end ?? 0;
  }

  /** Never throws: a job that cannot start is `failed`, with the reason. */
  start(env: NodeJS.ProcessEnv): Promise<void> {
    this.#starting = this.#start(env);
    return this.#starting;
  }

  async #start(env: NodeJS.ProcessEnv): Promise<void> {
    try {
      this.#log = this.#context.logs.take(this.#spec.id, this.#spec.maxOutputSize);
      this.#process = await spawnJob(this.#spec, env, this.#output, this.#context.fifos);
    } catch (error) {
      this.#fail(describe(error, this.#spec));
      return;
    }
    const { pid, capture, exited } = this.#process;
    void exited.then(() => (this.#hasExited = true));
    this.#pidStarted = await this.#startOf(pid);
    this.#set({ pid, capture, pidStarted: this.#pidStarted });
    this.#ended = exited.then(({ code, signal }) => this.#finish(code, signal));
    // What the shell left behind may still print, long after its end.
    void this.#ended.then(() => this.#output.untilEnded()).then(() => this.#log?.close());
    if (this.#spec.timeoutMs !== undefined) this.#armDeadline(this.#spec.timeoutMs);
  }

  rename(name: string | undefined): void {
    const { name: _, ...rest } = this.#spec;
    this.#spec = name === undefined ? rest : { ...rest, name };
    this.#context.onChanged(this.record);
  }

  async write(text: string, eof: boolean): Promise<WriteResult> {
    return this.#process?.input.write(text, eof) ?? 'closed';
  }

  /** To the process group, as a terminal does with Ctrl+C. False when there is none any more. */
  signal(signal: NodeJS.Signals): boolean {
    // Once the shell has been waited for, its pid may be given to a stranger.
    if (!this.isRunning || this.#hasExited || this.#process === undefined) return false;
    try {
      process.kill(process.platform === 'win32' ? this.#process.pid : -this.#process.pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  /** Ends the whole tree; of a finished job, what its shell left behind. */
  async kill({ signal, graceMs, by }: Omit<KillParams, 'id'>): Promise<KillResult> {
    // A job that is just being started has no process to end yet, but is about to.
    await this.#starting;
    if (this.#process === undefined) return { job: this.record, ended: 0, survivors: [] };
    if (this.isRunning) this.#ending ??= by;
    const killing = killTree(this.#context.processes, this.#root(this.#process), {
      signal: signal as NodeJS.Signals,
      graceMs,
      exited: this.#process.exited,
    });
    this.#killing = killing;
    const { found, survivors } = await killing;
    // With the shell gone its end is on its way; else there is no end to wait for.
    if (!survivors.some(({ pid }) => pid === this.#process?.pid)) await this.#ended;
    const named = survivors.map(async ({ pid }) => {
      return { pid, command: (await this.#context.processes.details(pid))?.command ?? '' };
    });
    return { job: this.record, ended: found - survivors.length, survivors: await Promise.all(named) };
  }

  async inspect(): Promise<InspectResult> {
    if (this.#process === undefined) return { processes: [], ports: [] };
    const { processes: table } = this.#context;
    const members = await jobTree(table, this.#root(this.#process));
    const details = await Promise.all(
      members.map(async ({ pid }) => ({ pid, ...(await table.details(pid)) })),
    );
    return {
      processes: details.map(({ pid, command = '', cpuMs = 0, memoryBytes = 0 }) => {
        return { pid, command, cpuMs, memoryBytes };
      }),
      ports: await table.listeningPorts(members.map(({ pid }) => pid)),
    };
  }

  #root({ pid }: SpawnedJob) {
    return { id: this.#spec.id, pid, started: this.#pidStarted };
  }

  /** Empty when it is not known: then the shell is found by its cookie alone. */
  async #startOf(pid: number): Promise<string> {
    try {
      return (await this.#context.processes.find(pid))?.started ?? '';
    } catch (error) {
      console.error(error);
      return '';
    }
  }

  #armDeadline(timeoutMs: number): void {
    this.#deadline = setTimeout(() => {
      this.kill({ signal: 'SIGTERM', graceMs: DEFAULT_GRACE_MS, by: 'timeout' }).catch((error: unknown) => {
        console.error(error);
        if (!this.#hasExited) this.#armDeadline(RETRY_PAUSE);
      });
    }, timeoutMs);
  }

  async #finish(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    clearTimeout(this.#deadline);
    const durationMs = this.#runningFor();
    const endedAt = Date.now();
    // Before the drain: a kill that comes now has not ended it.
    const endedBy = this.#ending ?? 'itself';
    // It is not called killed while some of its processes live.
    await this.#killing?.catch(() => undefined);
    await this.#output.drained();
    this.#process?.input.close();
    this.#log?.stopRestoring();
    const status: Status =
      endedBy !== 'itself' || signal !== null ? 'killed' : code === 0 ? 'completed' : 'failed';
    this.#set({
      status,
      endedAt,
      durationMs,
      endedBy,
      ...(code !== null && { exitCode: code }),
      ...(signal !== null && { signal }),
      outputEnd: this.outputEnd,
      ...(this.#log !== undefined && this.#log.unstored > 0 && { unstoredBytes: this.#log.unstored }),
    });
  }

  #fail(error: string): void {
    this.#log?.close();
    this.#set({
      status: 'failed',
      error,
      endedAt: Date.now(),
      durationMs: this.#runningFor(),
      endedBy: 'itself',
      outputEnd: 0,
    });
  }

  #runningFor(): number {
    return Math.round(performance.now() - this.#startedMonotonic);
  }

  #set(change: Partial<JobState>): void {
    this.#state = { ...this.#state, ...change };
    this.#context.onChanged(this.record);
  }
}

/** Node names the shell in its message also when it is the folder that is missing. */
function describe(error: unknown, { cwd, shell }: JobSpec): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT') return message;
  return existsSync(cwd) ? `There is no shell ${shell}: ${message}` : `There is no folder ${cwd}.`;
}
