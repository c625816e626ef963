import type { JobManager } from '../../jobs/manager.ts';
import type { Condition, WaitTarget } from '../../jobs/condition-check.ts';
import type { WaitOutcome } from '../../jobs/job-wait.ts';
import { excerpt } from './excerpt.ts';
import { readFoldedTail } from './folded-page.ts';
import { markStart, pageReply, type PageChoice } from './page-reply.ts';
import { streamOf } from './stream-choice.ts';
import { escapeControls } from '../../base/quoted-text.ts';
import { explainTimeout } from './timeout-cause.ts';
import { shorten } from '../../base/shorten.ts';
import { duration } from '../../jobs/job-duration.ts';
import { DEFAULT_REPLY_BYTES, type Facts } from './reply.ts';
import type { Answer, ToolContext } from './tool.ts';

/** Time (ms) between two words on how a wait goes. */
const PROGRESS_INTERVAL = 5000;
/** Characters of a line that matched. */
const MAX_MATCH = 100;
/** Of a reply that cannot hold all output: the part for the beginning, and the least (bytes) for the end. */
const HEAD_SHARE = 0.4;
const LEAST_END = 300;
const MAX_END_LINES = 1000;
/** Room (bytes) for the words between them, and for the mark of a line that was cut. */
const GAP_BYTES = 150 + 120;

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
    try {
      progress(targets.map(({ id }) => describe(id)).join('; '));
    } catch {
      // The job may have been removed, or its log cannot be read: the wait goes on, and tells in the end.
    }
  }, PROGRESS_INTERVAL);
  const describe = (id: string): string => {
    const job = manager.jobs.get(id);
    const last = manager.logs.readTail(id, { lines: 1, maxBytes: 200 }).text;
    return escapeControls(
      `${job.name ?? shorten(job.command, 40)}: ${job.status} for ${duration(job)}. ${shorten(last, 100)}`,
    );
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
    match: outcome.match && excerpt(outcome.match.text, outcome.match.at, MAX_MATCH),
    match_cursor: outcome.match?.start,
    port_of_job: outcome.isOwnPort,
    port_taken_by: outcome.portHolder && (outcome.portHolder.job?.id ?? 'process'),
    asked: manager.requests.stateOf(outcome.id),
  };
  const page = { ...call.page, cursor };
  if (outcome.reason !== 'timeout') return logBlocks(manager, outcome.id, page, facts).blocks;
  const causes = await explainTimeout(manager, condition, outcome);
  const hint = (next: number): string =>
    `${causes}The condition is not met yet. To wait on: wait ${JSON.stringify(continuation(call, next, outcome))}`;
  // All blocks together stay within the size.
  const max_bytes = page.max_bytes - Buffer.byteLength(hint(Number.MAX_SAFE_INTEGER));
  const { blocks, next } = logBlocks(manager, outcome.id, { ...page, max_bytes }, facts);
  return [...blocks, hint(next)];
}

/**
 * The output from the cursor on. Where that is too much, its beginning, with the cursor to go on from, and in a block
 * of its own the end of the log: how a job stands is seen there.
 */
function logBlocks(
  manager: JobManager,
  id: string,
  page: PageChoice,
  facts: Facts,
): { blocks: string[]; next: number } {
  const whole = pageReply(manager, id, page, facts);
  if (whole.left === 0) return { blocks: [whole.text], next: whole.next };
  const head = pageReply(manager, id, { ...page, max_bytes: Math.floor(page.max_bytes * HEAD_SHARE) }, facts);
  const room = page.max_bytes - Buffer.byteLength(head.text) - GAP_BYTES;
  if (room < LEAST_END) return { blocks: [whole.text], next: whole.next };
  const stream = streamOf(page.stream, manager.jobs.get(id));
  const end = readFoldedTail(
    (maxBytes) => manager.logs.readTail(id, { lines: MAX_END_LINES, maxBytes, stream }),
    room,
  );
  const hidden = end.start - head.next;
  if (hidden <= 0) return { blocks: [whole.text], next: whole.next };
  const gap = `[${hidden} bytes are not shown here: output with cursor=${head.next} reads them. The end of the log:]`;
  return { blocks: [head.text, `${gap}\n${markStart(end)}`], next: head.next };
}

/** The arguments with which `wait` goes on behind what was shown of the first job. */
function continuation(
  { targets, condition, page }: WaitCall,
  shown: number,
  { searched }: WaitOutcome,
): Record<string, unknown> {
  const { until, ...rest } = condition;
  const choices = {
    until,
    ...('quietMs' in rest ? { quiet_ms: rest.quietMs } : rest),
    ...(page.stream !== 'both' && { stream: page.stream }),
    ...(page.max_bytes !== DEFAULT_REPLY_BYTES && { max_bytes: page.max_bytes }),
  };
  // A line that was half printed is looked at again, as a whole.
  const cursors = targets.map(({ id, cursor }, at): [string, number] => {
    const read = at === 0 ? shown : cursor;
    return [id, Math.min(read, searched.get(id) ?? read)];
  });
  const [only, ...others] = cursors;
  if (only !== undefined && others.length === 0) return { job_id: only[0], ...choices, cursor: only[1] };
  return { job_id: targets.map(({ id }) => id), ...choices, cursor: Object.fromEntries(cursors) };
}
