import { setTimeout as delay } from 'node:timers/promises';
import type { LogWriter } from '../log/store/log-writer.ts';
import { isPortOpen } from '../processes/port-probe.ts';
import type { ProcessInfo, ProcessTable } from '../processes/process-table.ts';
import { describeFailure } from '../protocol/dependencies.ts';
import {
  DEFAULT_TERMINAL_SIZE,
  type EndedBy,
  graceOf,
  isFinished,
  type JobRecord,
  type JobSpec,
  type JobState,
  type Status,
  type TerminalSize,
  terminalSizeOf,
} from '../protocol/job-record.ts';
import type { InputState, InspectResult, KillParams, KillResult, WriteResult } from '../protocol/messages.ts';
import type { FifoPool } from './fifo-pool.ts';
import { Interrupt } from './interrupt.ts';
import { JobProcesses } from './job-processes.ts';
import type { LimitSetter } from './limit-setter.ts';
import { OutputCapture } from './output-capture.ts';
import type { PreparedLog } from './prepared-log.ts';
import type { Readiness } from './readiness.ts';
import type { WatchReadiness } from './readiness-watch.ts';
import { environmentOf, spawnJob } from './spawn-job.ts';
import type { SpawnedJob } from './spawned-job.ts';
import { describeStartFailure } from './start-failure.ts';
import { NativeModuleError } from './terminal/c-library.ts';
import { QueryAnswers } from './terminal/query-answers.ts';

/** Pause before something is tried again that failed because the processes could not be listed. */
const RETRY_PAUSE_MS = 1000;
/** How long after the end of a job its processes may take to follow before they count as left behind. */
const LEAVE_TIME_MS = 50;

export interface JobContext {
  readonly runner: string;
  readonly fifos: FifoPool;
  readonly logs: Pick<PreparedLog, 'take'>;
  readonly limits: Promise<LimitSetter>;
  readonly processes: ProcessTable;
  readonly bootId: string;
  /** Called when the job starts, fails to start or ends, and when its name or `leftBehind` changes. */
  readonly onChanged: (job: JobRecord) => void;
  readonly onGrew: (id: string, end: number) => void;
  /** Called when a job is about to start, before it has a process. */
  readonly onStarting: (job: Job) => void;
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

/** A job during the life of its runner: its processes, pipes, log and end. */
export class Job {
  #spec: JobSpec;
  readonly #context: JobContext;
  readonly #output: OutputCapture;
  #startedMonotonic = performance.now();
  #state: JobState;
  #log: LogWriter | undefined;
  #process: SpawnedJob | undefined;
  #processes: JobProcesses | undefined;
  #ending: EndedBy | undefined;
  #starting: Promise<void> = Promise.resolve();
  #hasExited = false;
  #ended: Promise<void> = Promise.resolve();
  #killing: ReturnType<JobProcesses['kill']> | undefined;
  #deadline: NodeJS.Timeout | undefined;
  /** Only for a job with a terminal. */
  readonly #answers: QueryAnswers | undefined;
  readonly #interrupt = new Interrupt();
  /** When the job last printed, got input or started, by the monotonic clock in ms. */
  #lastActivity = performance.now();
  #readiness: Readiness | undefined;
  /** Processes that live on after the end, as of the last look. */
  #leftovers: readonly ProcessInfo[] = [];

  constructor(spec: JobSpec, context: JobContext) {
    this.#spec = spec;
    this.#context = context;
    this.#state = { status: 'queued', startedAt: Date.now(), bootId: context.bootId };
    this.#output = new OutputCapture((stream, bytes, length) => {
      this.#lastActivity = performance.now();
      this.#log?.write(stream, bytes, length);
      this.#answers?.take(Buffer.from(bytes.buffer, bytes.byteOffset, length), this.outputEnd);
      context.onGrew(spec.id, this.outputEnd);
      this.#readiness?.grew();
    });
    if (spec.terminal !== undefined) this.#answers = this.#makeAnswers();
  }

  get record(): JobRecord {
    return { ...this.#spec, ...this.#state, runner: this.#context.runner };
  }

  get isRunning(): boolean {
    return this.#state.status === 'running';
  }

  get isQueued(): boolean {
    return this.#state.status === 'queued';
  }

  /** The job is queued or running. */
  get isActive(): boolean {
    return !isFinished(this.#state);
  }

  /** Returns true while the runner must not exit because of this job. */
  get holdsRunner(): boolean {
    return this.isActive || this.#hasSession;
  }

  /** Cursor behind the last byte of output. */
  get outputEnd(): number {
    return this.#log?.end ?? 0;
  }

  /** Starts the queued job. Never rejects: a job that cannot start is `failed`, with the reason. */
  start(inheritance: Inheritance): Promise<void> {
    this.#startedMonotonic = performance.now();
    this.#lastActivity = this.#startedMonotonic;
    this.#state = { ...this.#state, status: 'running', startedAt: Date.now() };
    this.#context.onStarting(this);
    this.#starting = this.#start(inheritance);
    return this.#starting;
  }

  /** The queued job waits for another job in place of one in its `after`. */
  replaceDependency(id: string, successor: string): void {
    const { after = [] } = this.#spec;
    if (!after.includes(id)) return;
    this.#spec = { ...this.#spec, after: after.map((each) => (each === id ? successor : each)) };
    this.#context.onChanged(this.record);
  }

  /** Ends the queued job because a job in its `after` will never be ready. */
  failBecauseOf(dependency: JobRecord): void {
    const error = `It was not started, because ${describeFailure(dependency)}`;
    this.#finishUnstarted({ status: 'failed', endedBy: 'itself', error, failedDependency: dependency.id });
  }

  /** Ends the queued job because it is no longer wanted. */
  cancel(by: EndedBy): void {
    this.#finishUnstarted({ status: 'killed', endedBy: by });
  }

  /** Returns the specification, with the size that a view gave to the terminal of the queued job. */
  get #sized(): JobSpec {
    const size = terminalSizeOf(this.record);
    return size === undefined ? this.#spec : { ...this.#spec, terminal: size };
  }

  async #start(inheritance: Inheritance): Promise<void> {
    const { logs, fifos, limits } = this.#context;
    const { env: base, openFiles, modulesFolder } = inheritance;
    const { ready } = this.#spec;
    try {
      if (ready?.until === 'port')
        this.#state = { ...this.#state, isPortTaken: await isPortOpen(ready.port) };
      this.#log = logs.take(this.#spec.id, this.#spec.maxOutputSize);
      const output = this.#output;
      const options = { openFiles, modulesFolder, output, fifos, limits: await limits };
      const spawn = (): Promise<SpawnedJob> =>
        spawnJob(this.#sized, { ...options, env: environmentOf(this.#spec, base) });
      this.#process = await spawn().catch((error: unknown) => {
        if (!this.#replaceTerminal(error)) throw error;
        return spawn();
      });
    } catch (error) {
      this.#fail(describeStartFailure(error, this.#spec, environmentOf(this.#spec, base)));
      return;
    }
    const { pid, capture, exited } = this.#process;
    void exited.then(() => (this.#hasExited = true));
    const { processes } = this.#context;
    this.#processes = await JobProcesses.of(processes, this.#spec.id, this.#process, this.#startedMonotonic);
    this.#set({ pid, capture, pidStarted: this.#processes.started });
    this.#ended = exited.then(({ code, signal }) => this.#finish(code, signal));
    // Processes that the shell leaves behind may print long after its end.
    void this.#ended.then(() => this.#output.untilEnded()).then(() => this.#log?.close());
    this.#watchReadiness(inheritance);
    if (this.#spec.timeoutMs !== undefined) this.#armDeadline(this.#spec.timeoutMs);
  }

  /** Gives the job of a person pipes if there are no terminals here. An agent has asked for one, and gets an error. */
  #replaceTerminal(error: unknown): boolean {
    if (!(error instanceof NativeModuleError) || this.#spec.startedBy.kind !== 'person') return false;
    const { terminal: _, ...spec } = this.#spec;
    this.#spec = spec;
    this.#state = { ...this.#state, lacksTerminal: error.message };
    return true;
  }

  rename(name: string | undefined): void {
    const { name: _, ...rest } = this.#spec;
    this.#spec = name === undefined ? rest : { ...rest, name };
    this.#context.onChanged(this.record);
  }

  /** @param by who types it */
  async write(text: string, eof: boolean, by: EndedBy = 'itself'): Promise<WriteResult> {
    const { input } = this.#process ?? {};
    if (input === undefined) return 'closed';
    if (input.terminalMode?.hasSignals === true) this.#interrupt.typed(text, by);
    this.#lastActivity = performance.now();
    return input.write(text, eof);
  }

  /** A viewer shows the job's terminal from now on, and answers queries of the program. @returns a function that ends this */
  view(): () => void {
    this.#answers?.viewerCame();
    return () => this.#answers?.viewerLeft();
  }

  /** Looks whether the job waits for input. */
  async inputState(): Promise<InputState> {
    const quietMs = performance.now() - this.#lastActivity;
    const { input } = this.#process ?? {};
    if (input?.isOpen !== true || !this.isRunning || this.#hasExited) return { reader: 'none', quietMs };
    const reader = (await this.#processes?.inputReader()) ?? 'unknown';
    const { terminalMode: terminal } = input;
    return { reader, quietMs, ...(terminal !== undefined && { terminal }) };
  }

  /** Changes the size of the job's terminal. A queued job starts in it. Returns false if it has none, or has ended. */
  resize(size: TerminalSize): boolean {
    const current = terminalSizeOf(this.record);
    const { terminal } = this.#process ?? {};
    const isOpen = this.isQueued || (terminal !== undefined && this.isRunning && !this.#hasExited);
    if (current === undefined || !isOpen) return false;
    if (current.columns === size.columns && current.rows === size.rows) return true;
    terminal?.resize(size);
    this.#set({ terminalSize: size });
    return true;
  }

  /** Signals the process group, as a terminal does with Ctrl+C. Returns false if it is gone. */
  signal(signal: NodeJS.Signals, by: EndedBy = 'itself'): boolean | Promise<boolean> {
    // Once the shell has been waited for, its pid may be given to another process.
    if (!this.isRunning || this.#hasExited || this.#process === undefined) return false;
    const { container } = this.#process;
    if (container !== undefined) {
      if (signal !== 'SIGINT') return false;
      this.#interrupt.sent(signal, by);
      return container.interrupt();
    }
    try {
      process.kill(-this.#process.pid, signal);
    } catch {
      // It has just exited.
      return false;
    }
    this.#interrupt.sent(signal, by);
    return true;
  }

  /** Ends all processes of the job. If it has finished, ends those that it left behind. If it is queued, it never starts. */
  async kill({ signal, graceMs, by }: Omit<KillParams, 'id'>): Promise<KillResult> {
    if (this.isQueued) this.cancel(by);
    // A job that is being started has no process yet.
    await this.#starting;
    if (this.#processes === undefined) return { job: this.record, ended: 0, survivors: [] };
    if (this.isRunning) this.#ending ??= by;
    const killing = this.#processes.kill({ signal: signal as NodeJS.Signals, graceMs });
    this.#killing = killing;
    const { found, survivors } = await killing;
    // Without the shell, the end is near. With it, there is no end to wait for.
    if (!survivors.some(({ pid }) => pid === this.#process?.pid)) await this.#ended;
    if (!this.isRunning) this.#setLeftovers(survivors);
    const named = await this.#processes.name(survivors);
    return { job: this.record, ended: found - survivors.length, survivors: named };
  }

  /**
   * Ends the job because its runner or its client ends. Of a finished job it ends the processes that are still in its
   * session. The others left it on purpose, and live on.
   */
  async shutDown(): Promise<void> {
    const graceMs = graceOf(this.#spec);
    if (this.isActive) {
      await this.kill({ signal: 'SIGTERM', graceMs, by: 'shutdown' });
    } else if (this.#hasSession) {
      await this.#processes?.kill({ signal: 'SIGTERM', graceMs, onlySession: true });
      await this.refreshLeftovers();
    }
  }

  /** Looks again which processes of a finished job live on. */
  async refreshLeftovers(): Promise<void> {
    if (!this.isActive && this.#leftovers.length > 0) this.#setLeftovers(await this.#members());
  }

  /** Looks now whether the job is ready. */
  async checkReady(): Promise<JobRecord> {
    await this.#readiness?.check();
    return this.record;
  }

  async inspect(): Promise<InspectResult> {
    return (await this.#processes?.inspect()) ?? { processes: [], ports: [] };
  }

  #makeAnswers(): QueryAnswers {
    return new QueryAnswers({
      mode: () => this.#process?.input.terminalMode,
      size: () => terminalSizeOf(this.record) ?? DEFAULT_TERMINAL_SIZE,
      outputBefore: (end, maxBytes) => this.#log?.readBefore(end, maxBytes) ?? Buffer.alloc(0),
      send: (text) => void this.#process?.input.write(text, false),
    });
  }

  get #hasSession(): boolean {
    return this.#processes?.hasSession(this.#leftovers) === true;
  }

  async #members(): Promise<ProcessInfo[]> {
    return (await this.#processes?.list()) ?? [];
  }

  #watchReadiness({ searchScript = '' }: Inheritance): void {
    const { ready, encoding, id } = this.#spec;
    if (ready === undefined || !this.isRunning) return;
    this.#readiness = this.#context.watchReadiness(
      { condition: ready, id, encoding, searchScript, isPortTaken: this.#state.isPortTaken ?? false },
      {
        listPorts: async () => (await this.inspect()).ports,
        onFree: () => {
          if (this.#state.isPortTaken === true) this.#set({ isPortTaken: false });
        },
        onReady: (isReady) => this.#set({ readySince: isReady ? Date.now() : undefined }),
        onError: (readyError) => this.#set({ readyError }),
      },
    );
  }

  #armDeadline(timeoutMs: number): void {
    this.#deadline = setTimeout(() => {
      const graceMs = graceOf(this.#spec);
      this.kill({ signal: 'SIGTERM', graceMs, by: 'timeout' }).catch((error: unknown) => {
        console.error(error);
        if (!this.#hasExited) this.#armDeadline(RETRY_PAUSE_MS);
      });
    }, timeoutMs);
  }

  async #finish(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    clearTimeout(this.#deadline);
    this.#readiness?.stop();
    const durationMs = this.#runningFor();
    const endedAt = Date.now();
    // Taken now, since a kill that comes during the rest has not ended the job.
    const endedBy = this.#ending ?? this.#interrupt.causeOf(code, signal, graceOf(this.#spec)) ?? 'itself';
    // The job does not count as killed while some of its processes live.
    const killed = await this.#killing?.catch(() => undefined);
    await this.#output.drained();
    this.#process?.input.close();
    this.#log?.stopRestoring();
    if (killed !== undefined) this.#leftovers = killed.survivors;
    const leftBehind = killed?.survivors.length ?? (await this.#findLeftovers());
    if (leftBehind === 0) this.#process?.container?.close();
    const status: Status =
      endedBy !== 'itself' || signal !== null ? 'killed' : code === 0 ? 'completed' : 'failed';
    this.#set({
      status,
      endedAt,
      durationMs,
      endedBy,
      readySince: undefined,
      ...(code !== null && { exitCode: code }),
      ...(signal !== null && { signal }),
      outputEnd: this.outputEnd,
      ...(this.#log !== undefined && this.#log.unstored > 0 && { unstoredBytes: this.#log.unstored }),
      ...(leftBehind !== undefined && { leftBehind }),
    });
  }

  /** Returns how many processes the job left behind. If that cannot be known now, it is recorded later. */
  async #findLeftovers(): Promise<number | undefined> {
    try {
      this.#leftovers = await this.#members();
      if (this.#leftovers.length > 0) {
        // Some may be about to exit, such as the helpers of a build.
        await delay(LEAVE_TIME_MS);
        this.#leftovers = await this.#members();
      }
      return this.#leftovers.length;
    } catch (error) {
      console.error(error);
      setTimeout(() => {
        void this.#findLeftovers().then((leftBehind) => {
          if (leftBehind !== undefined) this.#set({ leftBehind });
        });
      }, RETRY_PAUSE_MS).unref();
      return undefined;
    }
  }

  #setLeftovers(leftovers: readonly ProcessInfo[]): void {
    this.#leftovers = leftovers;
    if (leftovers.length === 0) this.#process?.container?.close();
    if (this.#state.leftBehind !== leftovers.length) this.#set({ leftBehind: leftovers.length });
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
      leftBehind: 0,
    });
  }

  #finishUnstarted(end: Pick<JobState, 'status' | 'endedBy' | 'error' | 'failedDependency'>): void {
    this.#set({ ...end, endedAt: Date.now(), durationMs: 0, outputEnd: 0, leftBehind: 0 });
  }

  #runningFor(): number {
    return Math.round(performance.now() - this.#startedMonotonic);
  }

  #set(change: Partial<JobState>): void {
    this.#state = { ...this.#state, ...change };
    this.#context.onChanged(this.record);
  }
}
