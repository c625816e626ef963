import { escapeControls } from '../../base/quoted-text.ts';
import { shorten } from '../../base/shorten.ts';
import type { Condition, WaitTarget } from '../../jobs/condition-check.ts';
import { findFailedDependency } from '../../jobs/failed-dependency.ts';
import { asksForSecret } from '../../jobs/input-wait.ts';
import { duration } from '../../jobs/job-duration.ts';
import type { WaitOutcome } from '../../jobs/job-wait.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { ProblemReport } from '../../problems/problem-report.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { excerpt } from './excerpt.ts';
import { readFoldedTail } from './folded-page.ts';
import { orderFacts, queueNote } from './job-state.ts';
import { markStart, type PageChoice, pageReply } from './page-reply.ts';
import { problemFacts, problemLines, tellsAll } from './problem-reply.ts';
import { foldRepeatedLines } from './repeated-lines.ts';
import { DEFAULT_REPLY_BYTES, type Facts, header, jobFacts } from './reply.ts';
import { streamOf } from './stream-choice.ts';
import { explainTimeout } from './timeout-cause.ts';
import type { Answer, ToolContext } from './tool.ts';

const PROGRESS_INTERVAL_MS = 5000;
/** Characters shown of a line that matched. */
const MAX_MATCH_LENGTH = 100;
/** In a reply that cannot hold all output, the share of the beginning and the least room for the end. */
const HEAD_SHARE = 0.4;
const MIN_END_BYTES = 300;
const MAX_END_LINES = 1000;
/** Reserved for the text between them, and for the mark of a line that is cut. */
const GAP_BYTES = 150 + 120;

/** After these, a job may be silent because a signal has stopped it. */
const SILENT_REASONS: ReadonlySet<WaitOutcome['reason']> = new Set(['timeout', 'quiet', 'input']);

export interface WaitCall {
  readonly targets: readonly WaitTarget[];
  readonly condition: Condition;
  readonly timeoutSeconds: number;
  readonly page: Omit<PageChoice, 'cursor'>;
  /** Facts that come first in the header. */
  readonly facts?: Facts;
}

/** Waits, then replies with the reason the wait ended and the output from the cursor. */
export async function waitReply({ manager, signal, progress }: ToolContext, call: WaitCall): Promise<Answer> {
  const { targets, condition, timeoutSeconds } = call;
  const ticker = setInterval(() => {
    try {
      progress(targets.map(({ id }) => describe(id)).join('; '));
    } catch {
      // The job was removed, or its log cannot be read. The wait itself reports that when it ends.
    }
  }, PROGRESS_INTERVAL_MS);
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
  const report = await manager.problems.current(outcome.id);
  const isSilent = SILENT_REASONS.has(outcome.reason);
  const stopped = isSilent ? await manager.jobs.countStopped(manager.jobs.get(outcome.id)) : 0;
  const job = manager.jobs.get(outcome.id);
  const facts = {
    stopped: stopped || undefined,
    ...orderFacts(manager.jobs, job),
    ...call.facts,
    reason: outcome.reason,
    match: outcome.match && excerpt(outcome.match.text, outcome.match.at, MAX_MATCH_LENGTH),
    match_cursor: outcome.match?.start,
    port_of_job: outcome.isOwnPort,
    port_taken_by: outcome.portHolder && (outcome.portHolder.job?.id ?? 'process'),
    input: outcome.input,
    asked: manager.requests.stateOf(outcome.id),
    ...problemFacts(report),
  };
  const page = { ...call.page, cursor };
  const problems = report && problemBlock(manager, outcome, page, { facts, report });
  if (problems !== undefined) return problems;
  const hint = await hintOf(manager, call, outcome);
  if (hint === undefined)
    return [...logBlocks(manager, outcome.id, page, facts).blocks, ...whyUnstarted(manager, job)];
  // The limit applies to all blocks together.
  const max_bytes = page.max_bytes - Buffer.byteLength(hint(Number.MAX_SAFE_INTEGER));
  const { blocks, next } = logBlocks(manager, outcome.id, { ...page, max_bytes }, facts);
  return [...blocks, hint(next)];
}

/** Returns a reply with the problems in place of the log, if they say it all. */
function problemBlock(
  manager: JobManager,
  { id, reason, round }: WaitOutcome,
  { cursor, max_bytes }: PageChoice,
  { facts, report }: { readonly facts: Facts; readonly report: ProblemReport },
): string | undefined {
  const job = manager.jobs.get(id);
  if (round !== undefined) {
    const first = header({ ...jobFacts(job), reason, ...problemFacts(round), next_cursor: round.roundEnd });
    return `${first}\n${problemLines(job, round, max_bytes - Buffer.byteLength(first) - 1)}`;
  }
  if (reason !== 'exit' || !tellsAll(job, report)) return undefined;
  const next = manager.logs.range(id).end;
  const first = header({ ...jobFacts(job), ...facts, cursor, next_cursor: next });
  const hint = `[The problems replace ${next - cursor} bytes of output: output with cursor=${cursor} reads them.]`;
  const room = max_bytes - Buffer.byteLength(first) - Buffer.byteLength(hint) - 2;
  return [first, problemLines(job, report, room), hint].join('\n');
}

const ASK_USER =
  '[The job asks for a secret. Call interact with ask_user, so that the user types it and you do not see it.]';

/** Returns the last block of a reply, which says how to continue from a cursor. */
async function hintOf(
  manager: JobManager,
  call: WaitCall,
  outcome: WaitOutcome,
): Promise<((next: number) => string) | undefined> {
  if (outcome.reason === 'input') {
    const isSecret = outcome.input === 'hidden' || asksForSecret(manager.logs.lastLine(outcome.id));
    return isSecret ? () => ASK_USER : undefined;
  }
  if (outcome.reason !== 'timeout') return undefined;
  const note = queueNote(manager.jobs, manager.jobs.get(outcome.id));
  const causes = note === undefined ? await explainTimeout(manager, call.condition, outcome) : `${note} `;
  return (next) =>
    `${causes}The condition is not met yet. To keep waiting: wait ${JSON.stringify(continuation(call, next, outcome))}`;
}

/** Returns a block that says why a job was never started, if another one failed before it. */
function whyUnstarted(manager: JobManager, job: JobRecord): string[] {
  const cause = findFailedDependency(manager, job);
  if (cause === undefined) return job.error === undefined ? [] : [job.error];
  const text = foldRepeatedLines(cause.tail.text);
  return [`${job.error ?? ''}${text === '' ? '' : ` The last lines of ${cause.job.id}:\n${text}`}`];
}

/**
 * Returns the output from the cursor. If that is too long, returns its beginning with the cursor to continue from, and
 * the end of the log, which shows the state of the job, in a second block.
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
  if (room < MIN_END_BYTES) return { blocks: [whole.text], next: whole.next };
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

/** Returns the arguments with which `wait` continues after the output that was shown of the first job. */
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
  // Searches a line that was incomplete again, once it is complete.
  const cursors = targets.map(({ id, cursor }, at): [string, number] => {
    const read = at === 0 ? shown : cursor;
    return [id, Math.min(read, searched.get(id) ?? read)];
  });
  const [only, ...others] = cursors;
  if (only !== undefined && others.length === 0) return { job_id: only[0], ...choices, cursor: only[1] };
  return { job_id: targets.map(({ id }) => id), ...choices, cursor: Object.fromEntries(cursors) };
}
