import type { JobRecord, Starter } from '../protocol/job-record.ts';
import { JobError } from '../base/job-error.ts';

export interface Question {
  readonly job: JobRecord;
  /** What is asked for; from an agent, so not to be trusted. */
  readonly text: string;
  readonly askedBy: Starter;
}

/**
 * Has the person type a line that nobody sees, perhaps after others were asked.
 *
 * @param signal aborts when the answer is of no use any more
 * @returns undefined when the person dismissed it
 */
export type Ask = (question: Question, signal: AbortSignal) => Promise<string | undefined>;

export type QuestionState = 'open' | 'answered' | 'dismissed';

export interface QuestionsOptions {
  /** Undefined where there is nobody to ask. */
  readonly ask: Ask | undefined;
  /** Sends the answer to the job. */
  readonly send: (id: string, line: string) => Promise<void>;
  /** Called when the state of a question of this job changed. */
  readonly onChanged: (id: string) => void;
}

/** What agents have people asked in place of jobs. Answers go to the job and to nobody else. */
export class Questions {
  readonly #options: QuestionsOptions;
  readonly #states = new Map<string, QuestionState>();
  readonly #untold = new Set<string>();
  readonly #open = new Map<string, AbortController>();

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Asks, and does not wait for the answer. @throws JobError when nobody can be asked, or somebody is being asked */
  ask(question: Question): void {
    const { ask } = this.#options;
    const { id } = question.job;
    if (ask === undefined) {
      throw new JobError(
        'There is no window here in which the user could be asked. Start the job so that it needs no such input, ' +
          'or have the user run it in a terminal.',
      );
    }
    if (this.#open.has(id)) throw new JobError('The user is already being asked for this job. Use wait.');
    const open = new AbortController();
    this.#open.set(id, open);
    this.#set(id, 'open');
    void this.#settle(id, ask(question, open.signal), open.signal);
  }

  /** How it stands with the last question of a job; undefined when there was none, or the job has ended over it. */
  stateOf(id: string): QuestionState | undefined {
    return this.#states.get(id);
  }

  /** Whether a question was dismissed, once: who waits hears of it, and may wait again. */
  takeDismissal(id: string): boolean {
    return this.#untold.delete(id);
  }

  /** The job has ended: nobody need answer any more. */
  close(id: string): void {
    this.#open.get(id)?.abort();
  }

  forget(id: string): void {
    this.close(id);
    this.#states.delete(id);
    this.#untold.delete(id);
  }

  async #settle(id: string, answer: Promise<string | undefined>, signal: AbortSignal): Promise<void> {
    const isAnswered = await answer.then(
      async (line) => {
        if (line === undefined) return false;
        await this.#options.send(id, line);
        return true;
      },
      // A box that could not be shown, or a job that cannot take the answer.
      () => false,
    );
    this.#open.delete(id);
    if (isAnswered) this.#set(id, 'answered');
    // Closed because the job ended, perhaps before anybody saw it.
    else if (signal.aborted) this.#set(id, undefined);
    else {
      this.#untold.add(id);
      this.#set(id, 'dismissed');
    }
  }

  #set(id: string, state: QuestionState | undefined): void {
    if (state === 'open') this.#untold.delete(id);
    if (state === undefined) this.#states.delete(id);
    else this.#states.set(id, state);
    this.#options.onChanged(id);
  }
}
