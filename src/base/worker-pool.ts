import { Worker } from 'node:worker_threads';
import { asSentence, messageOf } from './error-message.ts';
import { ThreadDeadline } from './thread-deadline.ts';

/** What a script of a pool sends. `progress` tells that it is not stuck. */
export type WorkerReply<Result> =
  | { readonly type: 'progress' }
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'error'; readonly message: string; readonly isPattern: boolean };

/** A task failed. The message is a complete sentence. */
export class WorkerError extends Error {}

/** A pattern is invalid or takes too long, so another attempt would fail as well. */
export class PatternError extends WorkerError {}

/** Tasks that run at the same time. Others wait their turn. */
const MAX_WORKERS = 4;
/** A worker that could run and shows no progress for this long is stuck in a pattern. */
const STUCK_AFTER_MS = 2000;
/** The same before its first sign, while a new worker loads its script. Others may do the same at that moment. */
const LOAD_TIMEOUT_MS = 5000;

interface Words<Task> {
  /** Describes a task that was cancelled. */
  readonly cancelled: string;
  /** Describes a task whose thread ended. */
  readonly stopped: string;
  /** Describes a task that made no progress. */
  readonly stuck: (task: Task) => string;
}

/** Runs tasks in worker threads, one task per worker at a time. A stuck one is terminated and does not affect others. */
export class WorkerPool<Task, Result> {
  readonly #script: string;
  readonly #words: Words<Task>;
  readonly #idle: Worker[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #busy = new Set<Worker>();

  /** @param script path of a bundled script that answers each message with a `WorkerReply` */
  constructor(script: string, words: Words<Task>) {
    this.#script = script;
    this.#words = words;
  }

  /** @throws WorkerError if the task fails or takes too long, or is cancelled */
  async run(task: Task, signal?: AbortSignal): Promise<Result> {
    const worker = await this.#acquire(signal);
    try {
      const result = await this.#runIn(worker, task, signal);
      this.#release(worker);
      return result;
    } catch (error) {
      void worker.terminate();
      this.#release(undefined, worker);
      throw error;
    }
  }

  /** Ends all threads. The pool can be used again. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#idle.splice(0), ...this.#busy].map((worker) => worker.terminate()));
  }

  async #acquire(signal?: AbortSignal): Promise<Worker> {
    while (!signal?.aborted && this.#idle.length === 0 && this.#busy.size >= MAX_WORKERS) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          // The signal may outlive any number of these waits.
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.push(wake);
        signal?.addEventListener('abort', wake);
      });
    }
    if (signal?.aborted) throw new WorkerError(this.#words.cancelled);
    const worker = this.#idle.pop() ?? this.#create();
    // An idle thread must not keep the process alive. A busy one is awaited by its caller.
    worker.unref();
    this.#busy.add(worker);
    return worker;
  }

  #create(): Worker {
    try {
      return new Worker(this.#script, { env: {}, execArgv: [] });
    } catch (error) {
      // The system allows no further thread.
      throw new WorkerError(asSentence(messageOf(error)));
    }
  }

  #release(reusable: Worker | undefined, ended?: Worker): void {
    if (reusable !== undefined) {
      this.#busy.delete(reusable);
      this.#idle.push(reusable);
    }
    if (ended !== undefined) this.#busy.delete(ended);
    // Wakes all of them, since one may have been cancelled in the meantime.
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #runIn(worker: Worker, task: Task, signal?: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      let hasBegun = false;
      const finish = (settle: () => void): void => {
        deadline.clear();
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const fail = (message: string, Kind = WorkerError): void => {
        finish(() => {
          reject(new Kind(message));
        });
      };
      const onMessage = (reply: WorkerReply<Result>): void => {
        if (reply.type === 'progress') {
          hasBegun = true;
          deadline.refresh(STUCK_AFTER_MS);
        } else if (reply.type === 'error') fail(reply.message, reply.isPattern ? PatternError : WorkerError);
        else {
          finish(() => {
            resolve(reply.result);
          });
        }
      };
      const onError = (error: Error): void => {
        fail(asSentence(messageOf(error)));
      };
      const onExit = (): void => {
        fail(this.#words.stopped);
      };
      const onAbort = (): void => {
        fail(this.#words.cancelled);
      };
      const deadline = new ThreadDeadline(LOAD_TIMEOUT_MS, () => {
        // One that has not begun may be slow to load.
        fail(this.#words.stuck(task), hasBegun ? PatternError : WorkerError);
      });
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.postMessage(task);
    });
  }
}
