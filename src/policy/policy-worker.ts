// Runs in a worker thread: a pattern that backtracks for ever must not stop the process that serves everybody.
import { parentPort } from 'node:worker_threads';
import { judge, type Question } from './policy-verdict.ts';

export type PolicyReply = { readonly refusal: string | undefined } | { readonly error: string };

parentPort?.on('message', (question: Question) => {
  const reply = (message: PolicyReply): void => parentPort?.postMessage(message);
  try {
    reply({ refusal: judge(question) });
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) });
  }
});
