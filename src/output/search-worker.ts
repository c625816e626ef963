// Runs in a worker thread: a pattern that backtracks for ever must not stop the process that serves everybody.
import { parentPort } from 'node:worker_threads';
import { search, type SearchRequest, type SearchResult } from './search.ts';

export type WorkerReply =
  | { readonly type: 'progress' }
  | { readonly type: 'result'; readonly result: SearchResult }
  | { readonly type: 'error'; readonly message: string };

parentPort?.on('message', (request: SearchRequest) => {
  const reply = (message: WorkerReply): void => parentPort?.postMessage(message);
  try {
    reply({ type: 'result', result: search(request, () => reply({ type: 'progress' })) });
  } catch (error) {
    reply({
      type: 'error',
      message: error instanceof SyntaxError ? `${error.message}. Correct the pattern.` : String(error),
    });
  }
});
