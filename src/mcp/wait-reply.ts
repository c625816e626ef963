import type { Condition, WaitOutcome, WaitTarget } from '../jobs/wait.ts';
import { pageReply, type PageChoice } from './page-reply.ts';
import { duration, shorten } from '../jobs/describe.ts';
import { type Facts } from './reply.ts';
import type { Answer, ToolContext } from './tool.ts';

/** Time (ms) between two words on how a wait goes. */
const PROGRESS_INTERVAL = 5000;

export interface WaitCall {
  readonly targets: readonly WaitTarget[];
  readonly condition: Condition;
  readonly timeoutSeconds: number;
  readonly page: Omit<PageChoice, 'cursor'>;
  /** Facts that stand in front. */
  readonly facts?: Facts;
}

/** Waits, and answers why it stopped waiting and what the job printed from the cursor on. */
export async function waitReply({ manager, signal, progress }: ToolContext, call: WaitCall): Promise<Answer> {
  const { targets, condition, timeoutSeconds } = call;
  const ticker = setInterval(() => {
    progress(targets.map(({ id }) => describe(id)).join('; '));
  }, PROGRESS_INTERVAL);
  const describe = (id: string): string => {
    const job = manager.get(id);
    const last = manager.readTail(id, { lines: 1, maxBytes: 200 }).text;
    return `${job.name ?? shorten(job.command, 40)}: ${job.status} for ${duration(job)}. ${shorten(last, 100)}`;
  };
  let outcome: WaitOutcome;
  try {
    outcome = await manager.wait(targets, condition, timeoutSeconds * 1000, signal);
  } finally {
    clearInterval(ticker);
  }
  const cursor = targets.find(({ id }) => id === outcome.id)?.cursor ?? 0;
  const facts = {
    ...call.facts,
    reason: outcome.reason,
    match: outcome.match && shorten(outcome.match.text, 100),
    match_cursor: outcome.match?.start,
    port_of_job: outcome.isOwnPort,
  };
  const reply = pageReply(manager, outcome.id, { ...call.page, cursor }, facts);
  if (outcome.reason !== 'timeout') return reply;
  return [
    reply,
    `The condition is not met yet. To wait on: wait ${JSON.stringify(continuation(call, reply))}`,
  ];
}

/** The arguments with which `wait` goes on, behind what this reply has shown. */
function continuation({ targets, condition }: WaitCall, reply: string): Record<string, unknown> {
  const next = Number(/\bnext_cursor=(\d+)/.exec(reply)?.[1] ?? 0);
  const { until, ...rest } = condition;
  const fields = 'quietMs' in rest ? { quiet_ms: rest.quietMs } : rest;
  const [only, ...others] = targets;
  if (only !== undefined && others.length === 0) return { job_id: only.id, until, ...fields, cursor: next };
  const cursors = targets.map(({ id, cursor }, at) => [id, at === 0 ? next : cursor]);
  return {
    job_id: targets.map(({ id }) => id),
    until,
    ...fields,
    cursor: Object.fromEntries(cursors) as unknown,
  };
}
