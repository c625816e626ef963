// Runs in a worker thread, so that a pattern that backtracks forever does not block the process that serves all clients.
import { parentPort } from 'node:worker_threads';
import type { WorkerReply } from '../../base/worker-pool.ts';
import { search, type SearchRequest, type SearchResult } from './log-search.ts';

/** Shortest time between two signs of progress: a log can have millions of pieces. */
const PROGRESS_INTERVAL_MS = 200;

parentPort?.on('message', (request: SearchRequest) => {
  const reply = (message: WorkerReply<SearchResult>): void => parentPort?.postMessage(message);
  let lastSign = performance.now();
  const onPiece = (): void => {
    const now = performance.now();
    if (now - lastSign < PROGRESS_INTERVAL_MS) return;
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
