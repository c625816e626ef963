// Runs in a worker thread. A pattern that backtracks without end must not block the process that serves all clients.
import { parentPort } from 'node:worker_threads';
import type { PolicyReply, Question } from './command-policy.ts';
import { judge } from './policy-verdict.ts';

parentPort?.on('message', (question: Question) => {
  const reply = (message: PolicyReply): void => parentPort?.postMessage(message);
  try {
    reply({ refusal: judge(question) });
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) });
  }
});
