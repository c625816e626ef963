import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { JobError } from '../base/job-error.ts';
import { clip, quote } from '../base/quoted-text.ts';
import type { KnownModes, Screen } from '../log/screen/screen-replay.ts';
import { CommandPolicy } from '../policy/command-policy.ts';
import { startedOpenFiles } from '../processes/process-limits.ts';
import type { NamedProcess } from '../processes/tree-inspection.ts';
import {
  type EndedBy,
  graceOf,
  isFinished,
  type JobRecord,
  type JobSpec,
  type Starter,
  type TerminalSize,
  terminalSizeOf,
} from '../protocol/job-record.ts';
import type { InspectResult, KillResult, StartResult } from '../protocol/messages.ts';
import type { Condition, WaitTarget } from './condition-check.ts';
import { InputRequests } from './input-requests.ts';
import { type InputWait, judgeInput } from './input-wait.ts';
import { dependenciesForRestart, dependenciesOf } from './job-dependencies.ts';
import { jobEnvironment } from './job-environment.ts';
import { checkCursor, JobLogs } from './job-logs.ts';
import { matchersOf, roundsCondition } from './job-matchers.ts';
import { JobProblems } from './job-problems.ts';
import { waitFor, type WaitMode, type WaitOutcome } from './job-wait.ts';
import { KnownJobs } from './known-jobs.ts';
import type { ManagerOptions, TaskJob } from './manager-options.ts';
import { RunnerGoneError } from './runners/runner-gone-error.ts';
import type { RunnerLink } from './runners/runner-link.ts';
import {
  checkName,
  checkTerminalSize,
  CLOSED_STDIN,
  makeSpec,
  refusalOf,
  type StartRequest,
} from './start-request.ts';
import { Secrets } from './typed-secrets.ts';

/** Ctrl+C and Ctrl+D as a terminal gets them. They are no text that a program could run. */
const INTERRUPTS = '\x03\x04';

export interface StartedJob {
  /** Runs or is queued; or has failed, if it could not start. */
  readonly job: JobRecord;
  /** The job was already running or queued. */
  readonly isExisting: boolean;
  /** Processes that were ended first, since a finished job of this name had left them behind. */
  readonly leftoversEnded: number;
}

/** Starts, reads and ends jobs. Every tool, tree and command uses it. It starts no process before the first job. */
export class JobManager {
  readonly jobs: KnownJobs;
  readonly logs: JobLogs;
  readonly problems: JobProblems;
  /** The hidden prompts that agents show to the user. */
  readonly requests: InputRequests;
  /** Texts that must not appear in what agents receive. */
  readonly secrets = new Secrets();
  readonly #options: ManagerOptions;
  readonly #policy: CommandPolicy;
  /** The starts in progress. */
  readonly #starts = new Set<Promise<unknown>>();
  /** What earlier drawings of screens found out, by job. */
  readonly #modes = new Map<string, KnownModes>();
  /** The folder in whose `node_modules` native modules are. */
  readonly #modulesFolder: string;

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.#modulesFolder = dirname(options.runnerScript);
    const env = jobEnvironment(options.env);
    const openFiles = startedOpenFiles();
    this.#policy = new CommandPolicy(options.policyScript);
    this.jobs = new KnownJobs({
      ...options,
      limits: () => options.settings().limits,
      link: () => ({
        keepAliveMs: options.settings().limits.keepAliveSeconds * 1000,
        endJobsWithClient: options.endJobsWithManager,
        maxRunning: options.settings().limits.maxConcurrentJobs,
        env,
        searchScript: options.searchScript,
        modulesFolder: this.#modulesFolder,
        ...(openFiles !== undefined && { openFiles }),
      }),
    });
    this.logs = new JobLogs({ ...options, jobs: this.jobs });
    this.problems = new JobProblems({ ...options, jobs: this.jobs });
    this.requests = new InputRequests({
      ask: options.ask,
      send: (id, line) => this.writeHidden(id, line),
      onChanged: (id) => this.jobs.wake(id),
    });
    this.jobs.on('changed', (job) => {
      if (isFinished(job)) this.requests.close(job.id);
    });
    this.jobs.on('removed', ({ id }) => {
      this.requests.forget(id);
      this.#modes.delete(id);
    });
  }

  /**
   * Starts or queues a job, or returns an existing one with the same name, command and folder.
   *
   * @returns a running or queued job, or a failed one that could not start
   * @throws JobError if it is refused
   */
  async start(request: StartRequest): Promise<StartedJob> {
    // Agents call for several jobs at once, each after the previous one.
    const earlier = request.after === undefined ? [] : [...this.#starts];
    const starting = Promise.allSettled(earlier).then(() => this.#start(request));
    this.#starts.add(starting);
    return starting.finally(() => this.#starts.delete(starting));
  }

  async #start(request: StartRequest): Promise<StartedJob> {
    const spec = await this.#specOf(request);
    // Brings the table up to date, too.
    await this.jobs.runner();
    const leftoversEnded = await this.#endNamesakes(spec);
    const { limits, refuseAboveLimit = false } = this.#options.settings();
    const { name, after = [], mayQueue = true } = request;
    const begin = async (id: string): Promise<StartResult> => {
      const link = await this.jobs.runner();
      const { runner } = link;
      const others = dependenciesOf(this, { name, after, runner }).map((job) => job.id);
      const order = others.length > 0 && { after: others };
      return link.start({ spec: { ...spec, id, ...order }, mayQueue: mayQueue && !refuseAboveLimit });
    };
    // A runner without jobs may exit just now, so try again with the next one. It gets another id, since the processes
    // of the first attempt, if there are any, are found and stopped by their id.
    const result = await begin(spec.id).catch((error: unknown) => {
      if (error instanceof RunnerGoneError) return begin(randomUUID());
      throw error;
    });
    if (!('refused' in result)) {
      this.jobs.put(result.job);
      return { job: result.job, isExisting: false, leftoversEnded };
    }
    const isSame = 'job' in result && result.job.command === spec.command && result.job.cwd === spec.cwd;
    if (isSame) return { job: result.job, isExisting: true, leftoversEnded };
    throw refusalOf(result, this.jobs.running(), limits);
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

  /** Waits until the first of the jobs meets the condition or exits. @throws JobError */
  async wait(
    targets: readonly WaitTarget[],
    condition: Condition,
    timeoutMs: number,
    cancel?: AbortSignal,
  ): Promise<WaitOutcome> {
    const [first] = await this.#wait('any', targets, condition, timeoutMs, cancel);
    return first!;
  }

  /** Waits until each of the jobs meets the condition or exits. @returns their outcomes, in order @throws JobError */
  waitForAll(
    targets: readonly WaitTarget[],
    condition: Condition,
    timeoutMs: number,
    cancel?: AbortSignal,
  ): Promise<WaitOutcome[]> {
    return this.#wait('all', targets, condition, timeoutMs, cancel);
  }

  /**
   * Sends input.
   *
   * @param by who typed it. The command policy does not check what a person types, which agents cannot do.
   * @throws JobError if the job cannot take input, or the policy refuses it
   */
  async write(reference: string, text: string, eof: boolean, by: Starter['kind'] = 'agent'): Promise<void> {
    const job = this.jobs.get(reference);
    requireRunning(job);
    if (text.split('').some((character) => !INTERRUPTS.includes(character)))
      await this.#checkPolicy(job, 'input', by);
    const result = await this.#link(job).write({ id: job.id, text, eof, by });
    if (result === 'closed') {
      throw new JobError(
        'The stdin of this job is closed. Start it again with stdin "open" to send it input.',
      );
    }
    if (result === 'long') {
      throw new JobError(
        'A line of the input is longer than the terminal takes (4,095 bytes; 1,023 on macOS). Nothing was sent. Put the ' +
          'text into a file, or start the job without a terminal.',
      );
    }
    if (result === 'full') {
      throw new JobError(
        'The job does not read its input: more than 1 MiB is waiting. Look at its output, or kill it.',
      );
    }
  }

  /** Sends a line that agents must not see. @throws JobError if the job cannot take it */
  async writeHidden(reference: string, line: string): Promise<void> {
    this.secrets.add(line);
    await this.write(reference, `${line}\n`, false, 'person');
  }

  /**
   * Prompts the user for a line of input for the job. Does not wait for the answer.
   *
   * @param text the prompt
   * @throws JobError if the job is not running, or there is no window to show a prompt in
   */
  ask(reference: string, text: string, askedBy: Starter): void {
    const job = this.jobs.get(reference);
    requireRunning(job);
    this.requests.ask({ job, text, askedBy });
  }

  /** Sends a signal to the process group of a job, as a terminal does. @throws JobError if it is not running */
  async signal(reference: string, signal: NodeJS.Signals, by: Starter['kind']): Promise<void> {
    const job = this.jobs.get(reference);
    requireRunning(job);
    const isSent = await this.#link(job).signal({ id: job.id, signal, by });
    if (isSent || process.platform !== 'win32' || this.jobs.get(reference).status !== 'running') return;
    throw new JobError('Ctrl+C cannot be pressed: no process of the job has a console. Use kill to end it.');
  }

  /** Changes the size of a job's terminal. @throws JobError if it has none, has finished, or the size is out of bounds */
  async resize(reference: string, size: TerminalSize): Promise<void> {
    const job = this.jobs.get(reference);
    if (job.status !== 'queued') requireRunning(job);
    checkTerminalSize(size);
    if (!(await this.#link(job).resize({ id: job.id, ...size }))) {
      throw new JobError('The job has no terminal. Start it again with one.');
    }
  }

  /**
   * Draws the screen of a job's terminal.
   *
   * @param viewSize the size that the drawn screen gets; by default that of the job's terminal
   * @throws JobError if the job has no terminal
   */
  async screen(reference: string, viewSize?: TerminalSize): Promise<Screen> {
    const job = this.jobs.get(reference);
    const size = terminalSizeOf(job);
    if (size === undefined) {
      throw new JobError(
        'The job has no terminal, and so no screen. Read its output as text, or start it again with tty=true.',
      );
    }
    const { replayScreen } = await import('../log/screen/screen-replay.ts');
    const screen = await replayScreen(this.logs.reader(job.id), {
      size,
      viewSize,
      known: this.#modes.get(job.id),
    });
    if (this.jobs.find(job.id) !== undefined) this.#modes.set(job.id, screen.known);
    return screen;
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
    if (isFinished(job) && this.jobs.linkOf(job) === undefined) {
      return this.jobs.leftovers.kill(job, signal, grace);
    }
    return this.#link(job).kill({ id: job.id, signal, graceMs: grace, by });
  }

  /**
   * Ends the processes of a job, also those that it left behind, and starts the same job again. If the jobs that it
   * waited for have been started again, it waits for the new ones.
   *
   * @throws JobError if it cannot start again: a running job continues then
   */
  async restart(reference: string, startedBy: Starter): Promise<StartedJob> {
    const job = this.jobs.get(reference);
    const { id, command, name, cwd, env, stdin, mergeStderr, encoding, timeoutMs, graceMs, matchers, ready } =
      job;
    const terminal = terminalSizeOf(job);
    const seconds = (ms: number | undefined): number | undefined =>
      ms === undefined ? undefined : ms / 1000;
    const request = {
      ...{ command, name, cwd, env, stdin, mergeStderr, terminal, encoding, matchers, ready, startedBy },
      after: dependenciesForRestart(this.jobs, job),
      timeoutSeconds: seconds(timeoutMs),
      graceSeconds: seconds(graceMs),
    };
    await this.#specOf(request);
    const { runner } = await this.jobs.runner();
    // Before it ends, since it continues if it cannot start again.
    dependenciesOf(this, { after: request.after, runner });
    const isActive = !isFinished(job);
    if (isActive) requireEnded((await this.kill(id, startedBy.kind)).survivors);
    const ended = isActive ? 0 : await this.#endLeftovers([job], startedBy);
    const started = await this.start(request);
    if (started.isExisting) {
      throw new JobError(
        `The name ${quote(name ?? '')} belongs to another job, ${started.job.id}. Restart or kill that one.`,
      );
    }
    return { ...started, leftoversEnded: started.leftoversEnded + ended };
  }

  /** Returns the living processes of a job, and the ports on which they listen. @throws JobError */
  async inspect(reference: string): Promise<InspectResult> {
    const job = this.jobs.get(reference);
    const link = this.jobs.linkOf(job);
    if (link === undefined && isFinished(job)) return this.jobs.leftovers.inspect(job);
    const nothing: InspectResult = { processes: [], ports: [] };
    if (link?.isCurrent !== true) return nothing;
    return link.inspect(job.id).catch((error: unknown) => {
      if (error instanceof RunnerGoneError) return nothing;
      throw error;
    });
  }

  /** Looks whether a job waits for input. @returns undefined if it does not, or that is not known @throws JobError */
  async waitsForInput(reference: string): Promise<InputWait | undefined> {
    const job = this.jobs.get(reference);
    const link = this.jobs.linkOf(job);
    if (job.status !== 'running' || link?.isCurrent !== true) return undefined;
    const state = await link.inputState(job.id).catch((error: unknown) => {
      if (error instanceof RunnerGoneError) return undefined;
      throw error;
    });
    return state && judgeInput(state, () => this.logs.lastLine(job.id));
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
    if (isFinished(job)) return this.jobs.history.rename(job, wanted);
    const result = await this.#link(job).rename({
      id: job.id,
      ...(wanted !== undefined && { name: wanted }),
    });
    if ('refused' in result)
      throw new JobError(
        `Another job that is not finished has the name ${quote(wanted ?? '')}. Choose another.`,
      );
    return result.job;
  }

  /** Removes a finished job and its log. @throws JobError if processes of the job are alive */
  async remove(reference: string): Promise<void> {
    const { id } = this.jobs.get(reference);
    await this.jobs.leftovers.refresh();
    const job = this.jobs.get(id);
    if (!isFinished(job)) throw new JobError(`The job is ${job.status}. Kill it first.`);
    const { leftBehind = 0 } = job;
    if (leftBehind > 0) {
      const processes =
        leftBehind === 1 ? 'A process of the job is' : `${leftBehind} processes of the job are`;
      throw new JobError(`${processes} still running. Kill the job first.`);
    }
    this.jobs.history.remove(job);
  }

  async #wait(
    mode: WaitMode,
    targets: readonly WaitTarget[],
    condition: Condition,
    timeoutMs: number,
    cancel?: AbortSignal,
  ): Promise<WaitOutcome[]> {
    for (const { id, cursor } of targets) {
      checkCursor(cursor, this.logs.range(id));
      if (condition.until === 'input') checkStdin(this.jobs.get(id));
    }
    const outcomes = await waitFor(this, targets, condition, { mode, timeoutMs, cancel });
    for (const { id, reason } of outcomes) await this.#checkReady(id, reason);
    return outcomes;
  }

  /** Disconnects. For what happens to running jobs, see `endJobsWithManager`. */
  async dispose(): Promise<void> {
    this.jobs.dispose();
    await Promise.all([this.logs.dispose(), this.problems.dispose(), this.#policy.dispose()]);
  }

  /** @throws JobError if the request is invalid or the policy refuses it */
  async #specOf(request: StartRequest): Promise<JobSpec> {
    const { settings, env } = this.#options;
    const spec = makeSpec(request, { ...settings(), env });
    const matchers = matchersOf(request, spec.cwd, this.#options.contributedMatchers);
    await this.#checkPolicy(spec, 'start', spec.startedBy.kind);
    if (matchers.length === 0) return spec;
    const ready = spec.ready ?? roundsCondition(matchers);
    return { ...spec, matchers, ...(ready !== undefined && { ready }) };
  }

  /** Ends what finished jobs of the same name left behind, such as a server that would keep its port. */
  async #endNamesakes({ name, startedBy }: JobSpec): Promise<number> {
    if (name === undefined) return 0;
    if (this.jobs.active().some((job) => job.name === name)) return 0;
    const named = this.jobs.withLeftovers().filter((job) => job.name === name);
    return this.#endLeftovers(named, startedBy);
  }

  /** @returns how many processes were ended @throws JobError if one could not be ended */
  async #endLeftovers(jobs: readonly JobRecord[], { kind }: Starter): Promise<number> {
    const reachable = await this.jobs.leftovers.onThisMachine(jobs);
    const results = await Promise.all(reachable.map(({ id }) => this.kill(id, kind)));
    requireEnded(results.flatMap(({ survivors }) => survivors));
    return results.reduce((sum, { ended }) => sum + ended, 0);
  }

  /** Applies the current settings. @throws JobError */
  async #checkPolicy(
    { command, shell, env }: JobSpec,
    wanted: 'start' | 'input',
    by: Starter['kind'],
  ): Promise<void> {
    const { commandLists: lists, restriction } = this.#options.settings();
    if (restriction !== undefined) throw new JobError(restriction);
    if (lists === undefined || (wanted === 'input' && by === 'person')) return;
    await this.#policy.check({ lists, command, shell, env, wanted });
  }

  /** Brings the record of a job up to date when a wait has seen that the job is ready before its runner did. */
  async #checkReady(id: string, reason: WaitOutcome['reason']): Promise<void> {
    const job = this.jobs.find(id);
    if (job?.status !== 'running' || job.ready?.until !== reason || job.readySince !== undefined) return;
    const link = this.jobs.linkOf(job);
    if (link?.isCurrent !== true) return;
    // The wait has its result in any case.
    const checked = await link.checkReady(job.id).catch(() => undefined);
    if (checked !== undefined) this.jobs.put(checked);
  }

  #link(job: JobRecord): RunnerLink {
    const link = this.jobs.linkOf(job);
    if (link === undefined)
      throw new JobError('The runner of this job does not answer. Try again in a moment.');
    return link;
  }
}

function requireEnded(survivors: readonly NamedProcess[]): void {
  if (survivors.length === 0) return;
  const named = survivors.map(({ pid, command }) => `${pid} (${clip(command, 100)})`).join(', ');
  throw new JobError(`These processes of the job could not be ended: ${named}. End them first.`);
}

function checkStdin({ status, stdin, terminal }: JobRecord): void {
  if (status === 'running' && stdin === 'closed' && terminal === undefined) throw new JobError(CLOSED_STDIN);
}

/** Windows has Ctrl+C, which SIGTERM and SIGINT press, and an end without warning. */
function requireSignal(signal: NodeJS.Signals): void {
  if (process.platform !== 'win32' || ['SIGTERM', 'SIGINT', 'SIGKILL'].includes(signal)) return;
  throw new JobError(
    `Windows has no ${signal}. Use SIGTERM, which presses Ctrl+C and ends what is left after grace_s, or SIGKILL, which ` +
      'ends the job at once.',
  );
}

function requireRunning({ status }: JobRecord): void {
  if (status === 'queued')
    throw new JobError('The job is queued and has not started yet. Wait for it, or kill it.');
  if (status !== 'running')
    throw new JobError(`The job is not running (${status}). Restart it to send it input.`);
}
