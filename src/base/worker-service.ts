// Runs in a worker thread, so that a pattern that backtracks forever does not block the process that serves all clients.
import { parentPort } from 'node:worker_threads';
import { asSentence, messageOf } from './error-message.ts';
import type { WorkerReply } from './worker-pool.ts';

/** Shortest time between two signs of progress: a log can have millions of pieces. */
const PROGRESS_INTERVAL_MS = 200;

/** Works on the tasks of a `WorkerPool`. `work` calls `onProgress` as often as it likes. */
export function serveTasks(work: (task: never, onProgress: () => void) => unknown): void {
  parentPort?.on('message', (task: unknown) => {
    const reply = (message: WorkerReply<unknown>): void => parentPort?.postMessage(message);
    // The task begins. A new worker had to load its script before.
    reply({ type: 'progress' });
    let lastSign = performance.now();
    const onProgress = (): void => {
      const now = performance.now();
      if (now - lastSign < PROGRESS_INTERVAL_MS) return;
      lastSign = now;
      reply({ type: 'progress' });
    };
    try {
      reply({ type: 'result', result: work(task as never, onProgress) });
    } catch (error) {
      const isPattern = error instanceof SyntaxError;
      const message = isPattern ? `${error.message}. Correct the pattern.` : asSentence(messageOf(error));
      reply({ type: 'error', message, isPattern });
    }
  });
}
