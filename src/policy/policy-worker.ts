// Runs in a worker thread. A pattern that backtracks without end must not block the process that serves all clients.
import { parentPort } from 'node:worker_threads';
import { judgeApproval } from './approval.ts';
import type { ApprovalQuestion, PolicyReply, Question } from './command-policy.ts';
import { judge } from './policy-verdict.ts';

parentPort?.on('message', (question: Question | ApprovalQuestion) => {
  const reply = (message: PolicyReply): void => parentPort?.postMessage(message);
  try {
    reply('lists' in question ? { refusal: judge(question) } : { approval: judgeApproval(question) });
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) });
  }
});

// Tells that the module is loaded, which takes long on a busy machine.
parentPort?.postMessage(undefined);
