import { escapeControls, quote } from '../../base/quoted-text.ts';
import { shorten } from '../../base/shorten.ts';
import { asksForSecret } from '../../jobs/input/input-wait.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { duration } from '../../jobs/records/job-duration.ts';
import type { Condition, WaitTarget } from '../../jobs/wait/condition-check.ts';
import type { WaitOutcome } from '../../jobs/wait/job-wait.ts';
import { refreshReadiness } from '../../jobs/wait/readiness-refresh.ts';
import { isFinished } from '../../protocol/job-record.ts';
import { queueNote } from './job-state.ts';
import type { PageChoice } from './page-reply.ts';
import { slashAdvice } from './pattern-argument.ts';
import { DEFAULT_REPLY_BYTES, type Facts } from './reply.ts';
import { secretAdvice } from './secret-advice.ts';
import { explainTimeout } from './timeout-cause.ts';
import type { Answer, ToolContext } from './tool.ts';
import { conditionArguments } from './wait-condition.ts';
import { waitPages } from './wait-pages.ts';

const PROGRESS_INTERVAL_MS = 5000;

export interface WaitCall {
  readonly targets: readonly WaitTarget[];
  readonly condition: Condition;
  /** Whether all jobs must meet the condition. */
  readonly forAll?: boolean;
  readonly timeoutSeconds: number;
  readonly page: Omit<PageChoice, 'cursor'>;
  /** Returns facts for the header when the wait is over. */
  readonly facts?: () => Facts;
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
  const wait = (): Promise<WaitOutcome[]> =>
    call.forAll === true
      ? manager.waitForAll(targets, condition, timeoutSeconds * 1000, signal)
      : manager.wait(targets, condition, timeoutSeconds * 1000, signal).then((first) => [first]);
  const outcomes = await wait().finally(() => {
    clearInterval(ticker);
  });
  await Promise.all(outcomes.map(({ id }) => untilStarted(manager, id)));
  let reply = await prepare(manager, call, outcomes);
  const endedLate = outcomes.filter((each) => each.reason === 'timeout' && hasEnded(manager, call, each));
  if (endedLate.length > 0) {
    // Otherwise the reply would say both that the job has exited and how to keep waiting for it.
    const now = outcomes.map(async (each) => {
      return endedLate.includes(each) ? manager.wait(targetsOf(call, each), condition, 0, signal) : each;
    });
    reply = await prepare(manager, call, await Promise.all(now));
  }
  const { pages, hint } = reply;
  if (hint === undefined) return pages(call.page.max_bytes).blocks;
  // The limit applies to all blocks together.
  const longest = new Map(targets.map(({ id }) => [id, Number.MAX_SAFE_INTEGER]));
  const { blocks, shown } = pages(call.page.max_bytes - Buffer.byteLength(hint(longest)));
  return [...blocks, hint(shown)];
}

async function prepare(manager: JobManager, call: WaitCall, outcomes: readonly WaitOutcome[]) {
  const pages = await waitPages(manager, call.targets, outcomes, call.page, call.facts?.());
  return { pages, hint: await hintOf(manager, call, outcomes) };
}

/** Returns true if a job ended after the wait for it did. */
function hasEnded({ jobs }: JobManager, call: WaitCall, outcome: WaitOutcome): boolean {
  return targetsOf(call, outcome).some(({ id }) => {
    const job = jobs.find(id);
    return job !== undefined && isFinished(job);
  });
}

/** Returns what an outcome is about: one job, or all of those of which the first was waited for. */
function targetsOf({ targets, forAll }: WaitCall, { id }: WaitOutcome): readonly WaitTarget[] {
  return forAll === true ? targets.filter((each) => each.id === id) : targets;
}

/** A job may print before its start is over, and on a busy machine the output is read before the news of the start. */
async function untilStarted({ jobs, logs }: JobManager, id: string): Promise<void> {
  const job = jobs.find(id);
  if (job === undefined) return;
  const isStarting =
    job.status === 'queued' ? logs.endOf(id) > 0 : job.status === 'running' && job.pid === undefined;
  if (isStarting) await refreshReadiness(jobs, job);
}

/** Returns the last block of a reply, which says how to continue after the output that was shown. */
async function hintOf(
  manager: JobManager,
  call: WaitCall,
  outcomes: readonly WaitOutcome[],
): Promise<((shown: ReadonlyMap<string, number>) => string) | undefined> {
  const late = outcomes.filter(({ reason }) => reason === 'timeout');
  const [firstLate] = late;
  if (firstLate === undefined) {
    const secret = outcomes.find((each) => asksForHiddenInput(manager, each));
    if (secret !== undefined) return () => `[${secretAdvice(manager, subjectOf(manager, call, secret))}]`;
    const { condition } = call;
    const isUnmatched = condition.until === 'pattern' && outcomes.some(({ reason }) => reason === 'exit');
    const advice = isUnmatched ? slashAdvice(condition.pattern) : undefined;
    return advice === undefined ? undefined : () => `[${advice}]`;
  }
  const note = queueNote(manager.jobs, manager.jobs.get(firstLate.id));
  const causes =
    note === undefined
      ? await explainTimeout(manager, call.condition, firstLate, subjectOf(manager, call, firstLate))
      : `${note} `;
  return (shown) =>
    `${causes}The condition is not met yet. To keep waiting: wait ${JSON.stringify(continuation(call, late, shown))}`;
}

/** Returns a job as the subject of a sentence. It has a name if several were waited for. */
function subjectOf(manager: JobManager, { targets }: WaitCall, { id }: WaitOutcome): string {
  if (targets.length === 1) return 'The job';
  const { name } = manager.jobs.get(id);
  return `The job ${name === undefined ? id : `${quote(name)} (${id})`}`;
}

function asksForHiddenInput(manager: JobManager, { id, reason, input }: WaitOutcome): boolean {
  return reason === 'input' && (input === 'hidden' || asksForSecret(manager.logs.lastLine(id)));
}

/**
 * Returns the arguments with which `wait` continues after the output that was shown.
 *
 * @param late the jobs that have not met the condition. If the first of several jobs was waited for, these are all of them.
 */
function continuation(
  { targets, condition, forAll, page }: WaitCall,
  late: readonly WaitOutcome[],
  shown: ReadonlyMap<string, number>,
): Record<string, unknown> {
  const isLate = ({ id }: WaitTarget): boolean => forAll !== true || late.some((each) => each.id === id);
  const waited = targets.filter(isLate);
  return {
    job_ids: waited.map(({ id }) => id),
    ...conditionArguments(condition),
    ...(forAll === true && waited.length > 1 && { mode: 'all' }),
    ...(page.stream !== 'both' && { stream: page.stream }),
    ...(page.max_bytes !== DEFAULT_REPLY_BYTES && { max_bytes: page.max_bytes }),
    // Searches a line that was incomplete again, once it is complete.
    cursors: waited.map(({ id, cursor }) => {
      const read = shown.get(id) ?? cursor;
      return Math.min(read, late[0]?.searched.get(id) ?? read);
    }),
  };
}
