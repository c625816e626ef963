import type { LogWriter } from '../log/store/log-writer.ts';
import {
  DEFAULT_TERMINAL_SIZE,
  graceOf,
  type JobRecord,
  type JobSpec,
  type TerminalSize,
  terminalSizeOf,
} from '../protocol/job-record.ts';
import type { InspectResult, KillParams, KillResult } from '../protocol/messages.ts';
import { Deadline } from './deadline.ts';
import type { Inheritance, JobContext } from './job-context.ts';
import { JobControls } from './job-controls.ts';
import { describeEnd } from './job-end.ts';
import { JobKills } from './job-kills.ts';
import { JobLeftovers } from './job-leftovers.ts';
import { JobProcesses } from './job-processes.ts';
import { OutputCapture } from './output-capture.ts';
import { OutputHold } from './output-hold.ts';
import { lookBefore } from './port-look.ts';
import { NativeModuleError } from './posix/c-library.ts';
import type { ChildEnd } from './posix/child-exits.ts';
import type { Readiness } from './readiness.ts';
import { RecordedJob } from './recorded-job.ts';
import { environmentOf, spawnJob } from './spawn-job.ts';
import type { SpawnedJob } from './spawned-job.ts';
import { describeStartFailure } from './start-failure.ts';

/** A job during the life of its runner: its processes, pipes, log and end. */
export class Job extends RecordedJob {
  /** Input and signals. */
  readonly controls: JobControls;
  readonly #output: OutputCapture;
  #startedMonotonic = performance.now();
  #log: LogWriter | undefined;
  #process: SpawnedJob | undefined;
  #processes: JobProcesses | undefined;
  #starting: Promise<void> = Promise.resolve();
  #hasExited = false;
  #isPrinting = false;
  #ended: Promise<void> = Promise.resolve();
  readonly #kills = new JobKills();
  readonly #deadline = new Deadline();
  #readiness: Readiness | undefined;
  /** Set for a job that is ready after it has printed a line. */
  #hold: OutputHold | undefined;
  readonly #leftovers = new JobLeftovers({
    list: async () => (await this.#processes?.list()) ?? [],
    onCounted: (count) => this.#countLeftovers(count),
  });

  constructor(spec: JobSpec, context: JobContext) {
    super(spec, context);
    this.#output = new OutputCapture((stream, bytes, length) => {
      const start = this.outputEnd;
      this.#log?.write(stream, bytes, length);
      this.controls.printed(Buffer.from(bytes.buffer, bytes.byteOffset, length), this.outputEnd);
      context.onGrew({ id: spec.id, stream, bytes, length, start, end: this.outputEnd });
      const isAwaited = this.#hold?.stored() ?? false;
      this.#readiness?.grew(isAwaited);
      this.#noteLoss();
    });
    this.controls = new JobControls({
      isLive: () => this.#isLive,
      ...(spec.terminal !== undefined && {
        terminal: {
          size: () => terminalSizeOf(this.record) ?? DEFAULT_TERMINAL_SIZE,
          encoding: spec.encoding,
          outputBefore: (end, maxBytes) => this.#log?.readBefore(end, maxBytes) ?? Buffer.alloc(0),
        },
      }),
    });
  }

  /** Its shell runs. Once it was waited for, its pid may be given to another process. */
  get #isLive(): boolean {
    return this.isRunning && !this.#hasExited;
  }

  /** Returns true while the runner must not exit because of this job. */
  get holdsRunner(): boolean {
    return this.isActive || this.#hasSession;
  }

  /** The job has finished, and none of its processes lives or prints. */
  get isOver(): boolean {
    return !this.isActive && this.state.leftBehind === 0 && !this.#isPrinting;
  }

  /** Cursor behind the last byte of output. */
  get outputEnd(): number {
    return this.#log?.end ?? 0;
  }

  /** Starts the queued job. Never rejects: a job that cannot start is `failed`, with the reason. */
  start(inheritance: Inheritance): Promise<void> {
    this.#startedMonotonic = performance.now();
    this.state = { ...this.state, status: 'running', startedAt: Date.now() };
    this.context.onStarting(this.record);
    this.#starting = this.#start(inheritance);
    return this.#starting;
  }

  async #start(inheritance: Inheritance): Promise<void> {
    const { logs, pipes, starter } = this.context;
    const { env: base, openFiles, modulesFolder } = inheritance;
    const { ready } = this.spec;
    try {
      if (ready?.until === 'port' && ready.port !== undefined) {
        const taken = await lookBefore(ready.port);
        this.state = { ...this.state, ...taken };
      }
      this.#log = logs.take(this.spec.id, this.spec.maxOutputSize);
      const output = this.#output;
      if (ready?.until === 'pattern') this.#hold = new OutputHold(this.#log, output);
      const options = { openFiles, modulesFolder, output, pipes, starter };
      const spawn = (): Promise<SpawnedJob> =>
        spawnJob(this.sized, { ...options, env: environmentOf(this.spec, base) });
      this.#process = await spawn().catch((error: unknown) => {
        if (!this.#replaceTerminal(error)) throw error;
        return spawn();
      });
    } catch (error) {
      this.#fail(describeStartFailure(error, this.spec, environmentOf(this.spec, base)));
      return;
    }
    const { pid, capture, exited } = this.#process;
    this.controls.spawned(this.#process);
    void exited.then(() => (this.#hasExited = true));
    const { processes } = this.context;
    this.#processes = await JobProcesses.of(processes, this.spec.id, this.#process, this.#startedMonotonic);
    this.controls.listed(this.#processes);
    this.state = { ...this.state, pid, capture, pidStarted: this.#processes.started };
    this.context.onStarted(this.record);
    this.#ended = exited.then((end) => this.#finish(end));
    // Processes that the shell leaves behind may print long after its end.
    this.#isPrinting = true;
    void this.#ended
      .then(() => this.#output.untilEnded())
      .then(() => {
        this.#isPrinting = false;
        this.#log?.close();
      });
    this.#watchReadiness(inheritance);
    const kill = { signal: 'SIGTERM', graceMs: graceOf(this.spec), by: 'timeout' } as const;
    if (this.spec.timeoutMs !== undefined) this.#deadline.arm(this.spec.timeoutMs, () => this.kill(kill));
  }

  /** Gives the job of a person pipes if there are no terminals here. An agent has asked for one, and gets an error. */
  #replaceTerminal(error: unknown): boolean {
    if (!(error instanceof NativeModuleError) || this.spec.startedBy.kind !== 'person') return false;
    const { terminal: _, ...spec } = this.spec;
    this.spec = spec;
    this.state = { ...this.state, lacksTerminal: error.message };
    return true;
  }

  /** Changes the size of the job's terminal. A queued job starts in it. Returns false if it has none, or has ended. */
  resize(size: TerminalSize): boolean {
    const current = terminalSizeOf(this.record);
    const { terminal } = this.#process ?? {};
    const isOpen = this.isQueued || (terminal !== undefined && this.#isLive);
    if (current === undefined || !isOpen) return false;
    if (current.columns === size.columns && current.rows === size.rows) return true;
    terminal?.resize(size);
    this.set({ terminalSize: size });
    return true;
  }

  /** Ends all processes of the job. If it has finished, ends those that it left behind. If it is queued, it never starts. */
  async kill({ signal, graceMs, by }: Omit<KillParams, 'id'>): Promise<KillResult> {
    if (this.isQueued) this.cancel(by);
    // A job that is being started has no process yet.
    await this.#starting;
    if (this.#processes === undefined) return { job: this.record, ended: 0, survivors: [] };
    const processes = this.#processes;
    const { found, survivors } = await this.#kills.run(by, (onSignal) =>
      processes.kill({ signal: signal as NodeJS.Signals, graceMs, onSignal }),
    );
    if (!this.isRunning) this.#leftovers.count(survivors);
    // Without the shell, the end is near. With it, there is no end to wait for.
    else if (!survivors.some(({ pid }) => pid === this.#process?.pid)) {
      await this.#ended;
      // The look at the end may have come before the last signal of this kill.
      await this.refreshLeftovers();
    }
    const named = await processes.name(survivors);
    return { job: this.record, ended: found - survivors.length, survivors: named };
  }

  /** Resolves when the kills that run are over, and with them the job if they could end it. Undefined if none runs. */
  get killing(): Promise<void> | undefined {
    if (!this.#kills.isPending) return undefined;
    const isOver = async (): Promise<void> => {
      await this.#kills.settled();
      if (this.#hasExited) await this.#ended;
    };
    return isOver();
  }

  /**
   * Ends the job because its runner or its client ends. Of a finished job it ends the processes that are still in its
   * session. The others left it on purpose, and live on.
   */
  async shutDown(): Promise<void> {
    const graceMs = graceOf(this.spec);
    if (this.isActive) {
      await this.kill({ signal: 'SIGTERM', graceMs, by: 'shutdown' });
    } else if (this.#hasSession) {
      await this.#processes?.kill({ signal: 'SIGTERM', graceMs, onlySession: true });
      await this.refreshLeftovers();
    }
  }

  /** Looks again which processes of a finished job live on. */
  async refreshLeftovers(): Promise<void> {
    if (!this.isActive) await this.#leftovers.refresh();
  }

  /**
   * Looks now whether the job is ready. If its shell has just exited, returns the record of its end: nothing looks any more
   * whether it was ready. A kill may wait long for other processes of the job, and is not waited for.
   */
  async checkReady(): Promise<JobRecord> {
    await this.#starting;
    await this.#readiness?.check();
    if (this.#hasExited && !this.#kills.isPending) await this.#ended;
    return this.record;
  }

  async inspect(): Promise<InspectResult> {
    return (await this.#processes?.inspect()) ?? { processes: [], ports: [] };
  }

  get #hasSession(): boolean {
    return this.#processes?.hasSession(this.#leftovers.processes) === true;
  }

  #watchReadiness({ searchScript = '' }: Inheritance): void {
    const { ready, encoding, id } = this.spec;
    if (ready === undefined || !this.isRunning) return;
    this.#readiness = this.context.watchReadiness(
      { condition: ready, id, encoding, searchScript, portSockets: this.state.portSockets ?? [] },
      {
        listPorts: async () => (await this.inspect()).ports,
        onFree: () => {
          if (this.state.isPortTaken === true) this.set({ isPortTaken: false, portSockets: [] });
        },
        onReady: (isReady, isOwnPort) =>
          this.set({ readySince: isReady ? (this.state.readySince ?? Date.now()) : undefined, isOwnPort }),
        onError: (readyError) => this.set({ readyError }),
        outputEnd: () => this.outputEnd,
        onSearched: (next, end) => this.#hold?.searched(next, end),
        onDone: () => this.#hold?.release(),
      },
    );
    // The job may have printed before it was watched.
    if (this.outputEnd > 0) this.#readiness.grew(this.#hold?.stored() ?? false);
  }

  async #finish(end: ChildEnd): Promise<void> {
    this.#deadline.clear();
    this.#readiness?.stop();
    this.#hold?.release();
    const durationMs = this.#runningFor();
    const endedAt = Date.now();
    // Both are taken now, since a kill that comes during the rest has not ended the job.
    const killing = this.#kills.atExit();
    const interruptedBy = this.controls.interrupt.causeOf(end.code, end.signal, graceOf(this.spec));
    // The job does not count as killed while some of its processes live.
    const { by: killedBy, survivors } = await killing;
    await this.#output.drained();
    this.#process?.input.close();
    this.#log?.stopRestoring();
    const leftBehind = await this.#leftovers.find(survivors);
    if (leftBehind === 0) this.#process?.container?.close();
    this.set({
      ...describeEnd(end, { killedBy, interruptedBy }),
      endedAt,
      durationMs,
      readySince: undefined,
      outputEnd: this.outputEnd,
      ...(this.#log !== undefined && this.#log.unstored > 0 && { unstoredBytes: this.#log.unstored }),
      ...(leftBehind !== undefined && { leftBehind }),
    });
  }

  #countLeftovers(leftBehind: number): void {
    if (leftBehind === 0) this.#process?.container?.close();
    if (this.state.leftBehind === leftBehind) return;
    // They may have printed. A manager that deletes the log records its end, which an older one must not replace.
    this.set({ leftBehind, ...(!this.isActive && { outputEnd: this.outputEnd }) });
  }

  /** Records that output of the running job is lost: at the first loss, and each time the number of bytes has doubled. */
  #noteLoss(): void {
    const { unstoredBytes = 0 } = this.state;
    const unstored = this.#log?.unstored ?? 0;
    if (this.isRunning && unstored > 2 * unstoredBytes) this.set({ unstoredBytes: unstored });
  }

  #fail(error: string): void {
    this.#log?.close();
    this.set({
      status: 'failed',
      error,
      // It was never started.
      startedAt: this.requestedAt,
      endedAt: Date.now(),
      durationMs: this.#runningFor(),
      endedBy: 'itself',
      outputEnd: 0,
      leftBehind: 0,
    });
  }

  #runningFor(): number {
    return Math.round(performance.now() - this.#startedMonotonic);
  }
}
