import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { JobError } from '../base/job-error.ts';
import { shorten } from '../base/shorten.ts';
import { ThreadDeadline } from '../base/thread-deadline.ts';

/** How long a question may take if the thread can run. A command line of 128 KiB takes about 20 ms. */
const ANSWER_TIMEOUT_MS = 2000;

/** Characters of a pattern that a message shows. */
const MAX_SHOWN_CHARS = 120;

/** A list of patterns as the user wrote it. */
export interface PatternList {
  /** The name of the setting or flag, for messages. */
  readonly name: string;
  /** An array of regular expressions, unless the user wrote something else. */
  readonly patterns: unknown;
}

/** Decides which commands may run. An empty list decides nothing. */
export interface CommandLists {
  /** Every simple command must match one of these. */
  readonly allowed: PatternList;
  /** No simple command may match one of these. */
  readonly denied: PatternList;
  /** A sentence that says why the lists may not be what the user meant. No command runs then. */
  readonly problem?: string | undefined;
}

/** Asks whether a command may run. */
export interface Question {
  readonly lists: CommandLists;
  readonly command: string;
  /** Path of the shell that reads the command. */
  readonly shell: string;
  /** The environment variables that the caller adds. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the command is to start, or its job is to get input. */
  readonly wanted: 'start' | 'input';
  /** The current platform by default. */
  readonly platform?: NodeJS.Platform;
  /** Memory in which the thread notes the pattern that it matches, for a message if that does not end. */
  readonly progress?: Int32Array;
}

/** The numbers in `Question.progress`: 0 if no pattern was reached, else a list and an index in it. */
export const PROGRESS_LISTS = { denied: 1, allowed: 2 } as const;

/** Asks whether rules of the user approve a command, so that it needs no click. */
export interface ApprovalQuestion {
  /** The value of `chat.tools.terminal.autoApprove`. */
  readonly rules: Readonly<Record<string, unknown>>;
  /** The scripts that may run by their name. */
  readonly npmScripts: readonly string[];
  /** Whether a command that redirects its output to a file can be approved. */
  readonly allowsFileWrites: boolean;
  readonly command: string;
  /** Path of the shell that reads the command. */
  readonly shell: string;
  /** The current platform by default. */
  readonly platform?: NodeJS.Platform;
}

/** `ask`: the user must decide. `why` is a clause. */
export type Approval =
  | { readonly decision: 'allow'; readonly rules: readonly string[] }
  | { readonly decision: 'ask'; readonly why: string };

/** The answer of the worker thread. */
export type PolicyReply =
  { readonly refusal: string | undefined } | { readonly approval: Approval } | { readonly error: string };

/** Checks commands against the lists in a worker thread. It starts the thread for the first command. */
export class CommandPolicy {
  readonly #script: string;
  #worker: Worker | undefined;
  /** The previous question. The thread answers one at a time. */
  #previous: Promise<unknown> = Promise.resolve();
  #isDisposed = false;

  /** @param script path of the bundled `policy-worker.ts` */
  constructor(script: string) {
    this.#script = script;
  }

  /** Returns whether the lists restrict commands. A value that is not a list does: it is refused by its name. */
  static isActive({ allowed, denied, problem }: CommandLists): boolean {
    const isEmpty = ({ patterns }: PatternList): boolean =>
      patterns === undefined || patterns === null || (Array.isArray(patterns) && patterns.length === 0);
    return problem !== undefined || !isEmpty(allowed) || !isEmpty(denied);
  }

  /** @throws JobError if the command must not run or cannot be judged */
  async check(question: Question): Promise<void> {
    if (!CommandPolicy.isActive(question.lists)) return;
    const progress = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
    const reply = await this.#queue({ ...question, progress }, () => stuckAt(progress, question.lists));
    if ('error' in reply) throw cannotJudge(reply.error);
    if ('refusal' in reply && reply.refusal !== undefined) throw new JobError(reply.refusal);
  }

  /** Returns whether rules approve a command. What cannot be judged is asked for. */
  async approve(question: ApprovalQuestion): Promise<Approval> {
    const stuck = 'a pattern in chat.tools.terminal.autoApprove takes too long on it';
    const reply = await this.#queue(question, () => stuck).catch((error: unknown): PolicyReply => ({
      error: String(error),
    }));
    return 'approval' in reply ? reply.approval : { decision: 'ask', why: 'it could not be checked in time' };
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#worker?.terminate();
  }

  /** @param whyStuck returns why there is no answer in time, as a clause */
  #queue(question: Question | ApprovalQuestion, whyStuck: () => string): Promise<PolicyReply> {
    const answer = this.#previous.then(() => this.#ask(question, whyStuck));
    // The caller of that question handles its error.
    this.#previous = answer.catch(() => undefined);
    return answer;
  }

  async #ask(question: Question | ApprovalQuestion, whyStuck: () => string): Promise<PolicyReply> {
    if (this.#isDisposed) throw cannotJudge('the job server is shutting down');
    const finished = new AbortController();
    let deadline: ThreadDeadline | undefined;
    try {
      const worker = await this.#start();
      const exited = once(worker, 'exit', { signal: finished.signal }).then(() => {
        throw new Error('its thread exited');
      });
      const replied = once(worker, 'message', { signal: finished.signal });
      deadline = new ThreadDeadline(ANSWER_TIMEOUT_MS, () => finished.abort());
      worker.postMessage(question);
      const [reply] = (await Promise.race([replied, exited])) as [PolicyReply];
      return reply;
    } catch (error) {
      void this.#worker?.terminate();
      this.#worker = undefined;
      throw cannotJudge(finished.signal.aborted ? whyStuck() : String(error));
    } finally {
      deadline?.clear();
      finished.abort();
    }
  }

  async #start(): Promise<Worker> {
    if (this.#worker !== undefined) return this.#worker;
    // Most users have no lists and never need the module.
    const { Worker } = await import('node:worker_threads');
    const worker = new Worker(this.#script, { env: {}, execArgv: [] });
    // A pending question reports the exit of the thread. Any other error must not crash this process.
    worker.on('error', () => undefined);
    // Its first message tells that it is loaded.
    await once(worker, 'message');
    if (this.#isDisposed) void worker.terminate();
    // An idle thread must not keep the process alive.
    worker.unref();
    this.#worker = worker;
    return worker;
  }
}

/** Names the pattern that a thread is matching, and its list. */
function stuckAt([list, index = 0]: Int32Array, { allowed, denied }: CommandLists): string {
  const stuck =
    list === PROGRESS_LISTS.denied ? denied : list === PROGRESS_LISTS.allowed ? allowed : undefined;
  if (stuck === undefined) return 'it takes too long to parse';
  const pattern = String((stuck.patterns as readonly unknown[])[index]);
  return `/${shorten(pattern, MAX_SHOWN_CHARS)}/ in ${stuck.name} takes too long on it`;
}

function cannotJudge(why: string): JobError {
  return new JobError(
    `The command policy could not judge this command: ${why}. Rewrite it, or ask the user to check the lists.`,
  );
}
