import { Worker } from 'node:worker_threads';
import type { SearchRequest, SearchResult } from './log-search.ts';
import type { WorkerReply } from './search-worker.ts';

/** Searches that run at the same time. Others wait their turn. */
const MAX_WORKERS = 4;
/** A worker that reads nothing for this long is stuck in its pattern. */
const STUCK_AFTER_MS = 2000;
const CANCELLED = 'The search was cancelled.';

/** A search failed. The message is a complete sentence. */
export class SearchError extends Error {}

/** Runs searches in worker threads, one search per worker at a time. A stuck one is terminated and does not affect others. */
export class SearchPool {
  readonly #script: string;
  readonly #idle: Worker[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #busy = new Set<Worker>();

  /** @param script path of the bundled `search-worker.ts` */
  constructor(script: string) {
    this.#script = script;
  }

  /** @throws SearchError if the pattern is invalid or takes too long, or the search is cancelled */
  async search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResult> {
    const worker = await this.#acquire(signal);
    try {
      const result = await run(worker, request, signal);
      this.#release(worker);
      return result;
    } catch (error) {
      void worker.terminate();
      this.#release(undefined, worker);
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#idle.splice(0), ...this.#busy].map((worker) => worker.terminate()));
  }

  async #acquire(signal?: AbortSignal): Promise<Worker> {
    while (!signal?.aborted && this.#idle.length === 0 && this.#busy.size >= MAX_WORKERS) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    if (signal?.aborted) throw new SearchError(CANCELLED);
    const worker = this.#idle.pop() ?? startWorker(this.#script);
    // An idle thread must not keep the process alive. A busy one is awaited by its caller.
    worker.unref();
    this.#busy.add(worker);
    return worker;
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
}

/** Workers that are running. */
const online = new WeakSet<Worker>();

function startWorker(script: string): Worker {
  const worker = new Worker(script, { env: {}, execArgv: [] });
  worker.once('online', () => online.add(worker));
  return worker;
}

function run(worker: Worker, request: SearchRequest, signal?: AbortSignal): Promise<SearchResult> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      worker.off('online', startClock).off('message', onMessage).off('error', onError).off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (message: string): void => {
      finish(() => {
        reject(new SearchError(message));
      });
    };
    const onMessage = (reply: WorkerReply): void => {
      if (reply.type === 'progress') timer?.refresh();
      else if (reply.type === 'error') fail(reply.message);
      else {
        finish(() => {
          resolve(reply.result);
        });
      }
    };
    const onError = (error: Error): void => {
      fail(error.message);
    };
    const onExit = (): void => {
      fail('The search was stopped.');
    };
    const onAbort = (): void => {
      fail(CANCELLED);
    };
    let timer: NodeJS.Timeout | undefined;
    const startClock = (): void => {
      timer = setTimeout(() => {
        fail(
          `The pattern /${request.pattern}/ takes too long on this output. Use one with fewer nested repetitions.`,
        );
      }, STUCK_AFTER_MS);
    };
    // A thread can start slowly on a busy machine. That is not the pattern's fault.
    if (online.has(worker)) startClock();
    else worker.once('online', startClock);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.postMessage(request);
  });
}
