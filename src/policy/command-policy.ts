import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { JobError } from '../base/job-error.ts';
import type { Question } from './policy-verdict.ts';
import { isAnySet } from './command-lists.ts';
import type { PolicyReply } from './policy-worker.ts';

/** How long (ms) a question may take; a command line of 128 KiB takes some 20 ms. */
const STUCK_AFTER = 2000;

/** Asks whether commands may run, in a thread of its own. It loads nothing until there is a list. */
export class CommandPolicy {
  readonly #script: string;
  #worker: Worker | undefined;
  /** One question at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #isDisposed = false;

  /** @param script path of the bundled `policy-worker.ts` */
  constructor(script: string) {
    this.#script = script;
  }

  /** @throws JobError when it must not run, or cannot be judged */
  async check(question: Question): Promise<void> {
    if (!isAnySet(question.lists)) return;
    const answer = this.#turn.then(() => this.#ask(question));
    this.#turn = answer.catch(() => undefined);
    const reply = await answer;
    if ('error' in reply) throw cannotJudge(reply.error);
    if (reply.refusal !== undefined) throw new JobError(reply.refusal);
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#worker?.terminate();
  }

  async #ask(question: Question): Promise<PolicyReply> {
    if (this.#isDisposed) throw cannotJudge('the job server ends');
    const stuck = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    try {
      const worker = await this.#start();
      const ended = once(worker, 'exit', { signal: stuck.signal }).then(() => {
        throw new Error('its thread ended');
      });
      const replied = once(worker, 'message', { signal: stuck.signal });
      // The time counts from here: the start of a thread takes its time on a busy machine.
      timer = setTimeout(() => stuck.abort(), STUCK_AFTER);
      worker.postMessage(question);
      const [reply] = (await Promise.race([replied, ended])) as [PolicyReply];
      return reply;
    } catch (error) {
      void this.#worker?.terminate();
      this.#worker = undefined;
      throw cannotJudge(
        stuck.signal.aborted
          ? `a pattern in ${question.lists.allowed.name} or ${question.lists.denied.name} takes too long on it`
          : String(error),
      );
    } finally {
      clearTimeout(timer);
      stuck.abort();
    }
  }

  async #start(): Promise<Worker> {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#script, { env: {}, execArgv: [] });
    // Of a question that is under way the caller is told; another error must not end this process.
    worker.on('error', () => undefined);
    await once(worker, 'online');
    if (this.#isDisposed) void worker.terminate();
    // An idle thread must not keep the process alive; a question is awaited by whoever asked.
    worker.unref();
    this.#worker = worker;
    return worker;
  }
}

function cannotJudge(why: string): JobError {
  return new JobError(
    `The command policy could not judge this command: ${why}. Write it in another way, or have the lists looked at.`,
  );
}
