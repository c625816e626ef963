import { JobError } from '../../base/job-error.ts';
import type { JobRecord, Starter } from '../../protocol/job-record.ts';

export interface InputRequest {
  readonly job: JobRecord;
  /** The prompt. It comes from an agent, so do not trust it. */
  readonly text: string;
  readonly askedBy: Starter;
}

/**
 * Shows the user a hidden prompt, possibly after other prompts.
 *
 * @param signal aborts when the answer is no longer needed
 * @returns the line, or undefined if the user dismissed the prompt
 */
export type Ask = (request: InputRequest, signal: AbortSignal) => Promise<string | undefined>;

type InputRequestState = 'open' | 'answered' | 'dismissed';

interface InputRequestsOptions {
  /** Undefined if there is no window to show a prompt in. */
  readonly ask: Ask | undefined;
  /** Sends the answer to the job. */
  readonly send: (id: string, line: string) => Promise<void>;
  /** Called with the id of a job after the state of its request changed. */
  readonly onChanged: (id: string) => void;
}

/** The hidden prompts that agents show to the user on behalf of jobs. Only the job receives the answer. */
export class InputRequests {
  readonly #options: InputRequestsOptions;
  readonly #states = new Map<string, InputRequestState>();
  /** Jobs whose dismissed request has not been reported yet. */
  readonly #unreported = new Set<string>();
  readonly #open = new Map<string, AbortController>();

  constructor(options: InputRequestsOptions) {
    this.#options = options;
  }

  /** Returns true if there is a window to show a prompt in. */
  get canAsk(): boolean {
    return this.#options.ask !== undefined;
  }

  /** Shows a prompt without waiting for the answer. @throws JobError if there is no window, or a prompt is open */
  ask(request: InputRequest): void {
    const { ask } = this.#options;
    const { id } = request.job;
    if (ask === undefined) {
      throw new JobError(
        'This server has no editor, so there is no window to ask the user in. Send input that you may know as input. ' +
          'Otherwise start the job so that it needs none, or let the user run it in a terminal.',
      );
    }
    if (this.#open.has(id)) throw new JobError('The user is already being prompted for this job. Call wait.');
    const open = new AbortController();
    this.#open.set(id, open);
    this.#set(id, 'open');
    void this.#settle(id, ask(request, open.signal), open.signal);
  }

  /** Returns the state of the last request of a job. Undefined if there was none, or the job exited before an answer. */
  stateOf(id: string): InputRequestState | undefined {
    return this.#states.get(id);
  }

  /** Returns true once after the user dismissed the request of a job. Later calls return false. */
  takeDismissal(id: string): boolean {
    return this.#unreported.delete(id);
  }

  /** Closes the open prompt of a job that exited. */
  close(id: string): void {
    this.#open.get(id)?.abort();
  }

  /** Drops everything about a removed job. */
  forget(id: string): void {
    this.close(id);
    this.#states.delete(id);
    this.#unreported.delete(id);
  }

  async #settle(id: string, answer: Promise<string | undefined>, signal: AbortSignal): Promise<void> {
    const isAnswered = await answer.then(
      async (line) => {
        if (line === undefined) return false;
        await this.#options.send(id, line);
        return true;
      },
      // The prompt could not be shown, or the job cannot take the answer.
      () => false,
    );
    this.#open.delete(id);
    if (isAnswered) this.#set(id, 'answered');
    // The job exited, perhaps before the user saw the prompt.
    else if (signal.aborted) this.#set(id, undefined);
    else {
      this.#unreported.add(id);
      this.#set(id, 'dismissed');
    }
  }

  #set(id: string, state: InputRequestState | undefined): void {
    if (state === 'open') this.#unreported.delete(id);
    if (state === undefined) this.#states.delete(id);
    else this.#states.set(id, state);
    this.#options.onChanged(id);
  }
}
