// Runs in a worker thread: a pattern that backtracks for ever must not stop the process that serves everybody.
import { parentPort } from 'node:worker_threads';
import { search, type SearchRequest, type SearchResult } from './log-search.ts';

export type WorkerReply =
  | { readonly type: 'progress' }
  | { readonly type: 'result'; readonly result: SearchResult }
  | { readonly type: 'error'; readonly message: string };

/** Signs of life are given so often (ms) at most: a log can come in millions of pieces. */
const PROGRESS_INTERVAL = 200;

parentPort?.on('message', (request: SearchRequest) => {
  const reply = (message: WorkerReply): void => parentPort?.postMessage(message);
  let lastSign = performance.now();
  const onPiece = (): void => {
    const now = performance.now();
    if (now - lastSign < PROGRESS_INTERVAL) return;
    lastSign = now;
    reply({ type: 'progress' });
  };
  try {
    reply({ type: 'result', result: search(request, onPiece) });
  } catch (error) {
    reply({
      type: 'error',
      message: error instanceof SyntaxError ? `${error.message}. Correct the pattern.` : String(error),
    });
  }
});
