import { JobError } from '../../base/job-error.ts';
import { isFinished, type JobRecord, type Starter, type TerminalSize } from '../../protocol/job-record.ts';
import { MIN_QUIET_MS } from '../../protocol/quiet-time.ts';
import type { JobLogs } from '../output/job-logs.ts';
import type { Secrets } from '../output/typed-secrets.ts';
import type { KnownJobs } from '../records/known-jobs.ts';
import { throwUnlessUnanswered } from '../runners/throw-unless-unanswered.ts';
import type { JobPolicy } from '../start/job-policy.ts';
import { checkTerminalSize } from '../start/start-request.ts';
import { type Ask, InputRequests } from './input-requests.ts';
import { InputStates } from './input-states.ts';
import { type InputWait, judgeInput } from './input-wait.ts';

/** Ctrl+C and Ctrl+D as a terminal gets them. They are no text that a program could run. */
const INTERRUPTS = '\x03\x04';

interface JobInputOptions {
  readonly jobs: KnownJobs;
  readonly logs: JobLogs;
  readonly policy: Pick<JobPolicy, 'check'>;
  /** Remembers what is typed into hidden prompts. */
  readonly secrets: Secrets;
  /** See `ManagerOptions`. */
  readonly ask: Ask | undefined;
}

/** Sends input, signals and sizes to running jobs. */
export class JobInput {
  /** The hidden prompts that agents show to the user. */
  readonly requests: InputRequests;
  /** Which of the followed jobs wait for input. */
  readonly states: InputStates;
  readonly #options: JobInputOptions;
  readonly #jobs: KnownJobs;

  constructor(options: JobInputOptions) {
    this.#options = options;
    this.#jobs = options.jobs;
    this.requests = new InputRequests({
      ask: options.ask,
      send: (id, line) => this.writeHidden(id, line),
      onChanged: (id) => this.#jobs.wake(id),
    });
    this.states = new InputStates({
      jobs: options.jobs,
      outputEnd: (id) => options.logs.endOf(id),
      look: (id) => this.waitsForInput(id),
    });
    this.#jobs.on('changed', (job) => {
      if (isFinished(job)) this.requests.close(job.id);
    });
    this.#jobs.on('removed', ({ id }) => this.requests.forget(id));
  }

  /**
   * Sends input.
   *
   * @param by who typed it. The command policy does not check what a person types, which agents cannot do.
   * @throws JobError if the job cannot take input, or the policy refuses it
   */
  async write(reference: string, text: string, eof: boolean, by: Starter['kind'] = 'agent'): Promise<void> {
    const job = this.#jobs.get(reference);
    requireRunning(job);
    if (text.split('').some((character) => !INTERRUPTS.includes(character)))
      await this.#options.policy.check(job, 'input', by);
    const result = await this.#jobs.requireLink(job).write({ id: job.id, text, eof, by });
    if (result === 'closed') {
      throw new JobError(
        job.stdin === 'closed'
          ? 'The stdin of this job is closed. Start it again with stdin "open" to send it input.'
          : 'The stdin of this job is closed. Its input was ended before, with ctrl-d, or the job has closed it. ' +
              'Restart the job to send it input again.',
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
    this.states.answered(job.id);
  }

  /** Sends a line that agents must not see. @throws JobError if the job cannot take it */
  async writeHidden(reference: string, line: string): Promise<void> {
    this.#options.secrets.add(line);
    await this.write(reference, `${line}\n`, false, 'person');
  }

  /**
   * Prompts the user for a line of input for the job. Does not wait for the answer.
   *
   * @param text the prompt
   * @throws JobError if the job is not running, or there is no window to show a prompt in
   */
  ask(reference: string, text: string, askedBy: Starter): void {
    const job = this.#jobs.get(reference);
    requireRunning(job);
    this.requests.ask({ job, text, askedBy });
  }

  /** Sends a signal to the process group of a job, as a terminal does. @throws JobError if it is not running */
  async signal(reference: string, signal: NodeJS.Signals, by: Starter['kind']): Promise<void> {
    const job = this.#jobs.get(reference);
    requireRunning(job);
    const isSent = await this.#jobs.requireLink(job).signal({ id: job.id, signal, by });
    if (isSent || process.platform !== 'win32' || this.#jobs.get(reference).status !== 'running') return;
    throw new JobError('Ctrl+C cannot be pressed: no process of the job has a console. Use kill to end it.');
  }

  /** Changes the size of a job's terminal. @throws JobError if it has none, has finished, or the size is out of bounds */
  async resize(reference: string, size: TerminalSize): Promise<void> {
    const job = this.#jobs.get(reference);
    if (job.status !== 'queued') requireRunning(job);
    checkTerminalSize(size);
    if (!(await this.#jobs.requireLink(job).resize({ id: job.id, ...size }))) {
      throw new JobError('The job has no terminal. Start it again with one.');
    }
  }

  /**
   * Counts the bytes of input that no process of a job has read yet.
   *
   * @returns 0 if all are read, or that is not known
   */
  async countUnread(reference: string): Promise<number> {
    const job = this.#jobs.get(reference);
    const link = this.#jobs.currentLinkOf(job);
    if (job.status !== 'running' || link === undefined) return 0;
    // The reply about the input has its worth without this, too.
    const state = await link.inputState(job.id, { countUnread: true }).catch(() => undefined);
    return state?.unread ?? 0;
  }

  /**
   * Looks whether a job waits for input.
   *
   * @param whilePrinting whether a job that prints can wait, if another of its processes reads. Without it, a look at a job
   *   that prints without a pause is cheap.
   * @returns undefined if it does not, or that is not known
   * @throws JobError
   */
  async waitsForInput(reference: string, { whilePrinting = false } = {}): Promise<InputWait | undefined> {
    const job = this.#jobs.get(reference);
    const link = this.#jobs.currentLinkOf(job);
    if (job.status !== 'running' || link === undefined) return undefined;
    // The runner would say the same, but may answer late while jobs keep all processors busy.
    if (!whilePrinting && this.#options.logs.hasPrintedWithin(job.id, MIN_QUIET_MS)) return undefined;
    const state = await link.inputState(job.id, { whilePrinting }).catch(throwUnlessUnanswered);
    return state && judgeInput(state, () => this.#options.logs.lastLine(job.id));
  }

  dispose(): void {
    this.states.dispose();
  }
}

function requireRunning({ status }: JobRecord): void {
  if (status === 'queued')
    throw new JobError('The job is queued and has not started yet. Wait for it, or kill it.');
  if (status !== 'running')
    throw new JobError(`The job is not running (${status}). Restart it to send it input.`);
}
