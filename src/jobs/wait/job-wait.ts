import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import { checkCursor } from '../output/job-logs.ts';
import { JobActivity } from '../records/job-activity.ts';
import type { KnownJobs } from '../records/known-jobs.ts';
import { CLOSED_STDIN } from '../start/start-request.ts';
import {
  type Condition,
  type ConditionCheck,
  type ConditionMet,
  type ConditionSource,
  makeCheck,
  type WaitTarget,
} from './condition-check.ts';
import type { PortHolder } from './port-holder.ts';
import { refreshReadiness } from './readiness-refresh.ts';

export interface WaitOutcome extends Reached {
  /** For a pattern, by job: the cursor up to which all lines were searched as a whole. */
  readonly searched: ReadonlyMap<string, number>;
  /** For a port that the job did not open: who had it before the job started. */
  readonly portHolder: PortHolder | undefined;
}

interface Reached extends Omit<ConditionMet, 'reason'> {
  /** The job that met the condition. If no job did before a timeout or a cancellation, the first one. */
  readonly id: string;
  /** `dismissed`: the user dismissed the prompt for input of the job. */
  readonly reason: Condition['until'] | 'timeout' | 'cancelled' | 'dismissed';
}

/** Created once, since each abort without a reason would create an exception with its stack. */
const WAIT_OVER = new Error('The wait is over.');

/** The conditions that depend on output. Other waits are not woken by output, which may be a gigabyte. */
const READS_LOG: ReadonlySet<Condition['until']> = new Set(['pattern', 'quiet', 'output', 'input']);

/** How much longer than its timeout a wait may take for the first check of each job. */
const FIRST_CHECK_TIMEOUT_MS = 5000;

interface WaitOptions {
  /** Which of several jobs must meet the condition. */
  readonly mode: 'any' | 'all';
  readonly timeoutMs: number;
  readonly cancel?: AbortSignal | undefined;
}

/**
 * Waits until the first of the jobs, or all of them, meet the condition or exit. Cancelling the wait does not affect any
 * job.
 *
 * @returns the outcome of the first job, or of all of them in their order
 * @throws JobError for an unknown job, a cursor beyond the end, an invalid pattern, or a closed stdin if it waits for input
 */
export async function waitFor(
  source: ConditionSource,
  targets: readonly WaitTarget[],
  condition: Condition,
  options: WaitOptions,
): Promise<WaitOutcome[]> {
  for (const { id, cursor } of targets) {
    try {
      checkCursor(cursor, source.logs.range(id));
      if (condition.until === 'input') checkStdin(source.jobs.get(id));
    } catch (error) {
      throw withJob(error, source.jobs, id, targets);
    }
  }
  const outcomes = await runWait(source, targets, condition, options);
  for (const each of outcomes) await confirmReady(source.jobs, each);
  return outcomes;
}

async function runWait(
  source: ConditionSource,
  targets: readonly WaitTarget[],
  condition: Condition,
  { mode, timeoutMs, cancel }: WaitOptions,
): Promise<WaitOutcome[]> {
  const done = new AbortController();
  const signal = cancel === undefined ? done.signal : AbortSignal.any([done.signal, cancel]);
  const timeout = new WaitTimeout(
    timeoutMs,
    targets.map(({ id }) => id),
  );
  const checks = new Map<string, ConditionCheck>();
  const wait: Wait = { source, condition, signal, timeout, checks };
  const reached = new Map<string, Reached>();
  const outcomeOf = (reached: Reached): WaitOutcome => ({
    ...reached,
    searched: new Map([...checks].flatMap(([id, { searched }]) => (searched ? [[id, searched()]] : []))),
    portHolder: checks.get(reached.id)?.portHolder?.(),
  });
  const outcomes = (otherwise: 'timeout' | 'cancelled'): WaitOutcome[] => {
    const all = targets.map(({ id }) => reached.get(id) ?? { id, reason: otherwise });
    const first = reached.values().next().value ?? all[0];
    return (mode === 'all' ? all : first === undefined ? [] : [first]).map(outcomeOf);
  };
  try {
    const each = targets.map(async (target) => {
      const outcome = await waitForOne(wait, target).catch((error: unknown) => {
        throw withJob(error, source.jobs, target.id, targets);
      });
      reached.set(target.id, outcome);
      // Only now, so that a wait which ends here knows that this job is done.
      timeout.checked(target.id);
    });
    const met = mode === 'all' ? Promise.all(each) : Promise.race(each);
    await Promise.race([timeout.expired, met]);
    return outcomes('timeout');
  } catch (error) {
    if (cancel?.aborted === true) return outcomes('cancelled');
    throw error;
  } finally {
    timeout.clear();
    done.abort(WAIT_OVER);
  }
}

/** Returns an error that names its job, if there are several. */
function withJob(error: unknown, jobs: KnownJobs, id: string, targets: readonly WaitTarget[]): unknown {
  if (targets.length < 2 || !(error instanceof JobError)) return error;
  const name = jobs.find(id)?.name;
  const label = name === undefined ? id : `${quote(name)} (${id})`;
  return new JobError(`The wait for the job ${label} failed. ${error.message}`, { cause: error });
}

function checkStdin({ status, stdin, terminal }: JobRecord): void {
  if (status === 'running' && stdin === 'closed' && terminal === undefined) throw new JobError(CLOSED_STDIN);
}

/** Brings the record of a job up to date when a wait has seen that the job is ready before its runner did. */
async function confirmReady(jobs: KnownJobs, { id, reason }: WaitOutcome): Promise<void> {
  const job = jobs.find(id);
  if (job?.status !== 'running' || job.ready?.until !== reason || job.readySince !== undefined) return;
  await refreshReadiness(jobs, job);
}

interface Wait {
  readonly source: ConditionSource;
  readonly condition: Condition;
  readonly signal: AbortSignal;
  readonly timeout: WaitTimeout;
  /** The check of each job, by id. */
  readonly checks: Map<string, ConditionCheck>;
}

async function waitForOne(wait: Wait, target: WaitTarget): Promise<Reached> {
  const { source, condition, signal } = wait;
  const { id } = target;
  const activity = new JobActivity(source.jobs, id, READS_LOG.has(condition.until) ? 'output' : 'changes');
  try {
    const check = makeCheck(source, target, condition, signal);
    wait.checks.set(id, check);
    for (;;) {
      signal.throwIfAborted();
      const { version } = activity;
      // Read the status before the check: the check then sees everything that the job wrote before it exited.
      const hasExited = isFinished(source.jobs.get(id));
      const met = await check.run(hasExited);
      if (met !== undefined) return { id, ...met };
      const isBehind = check.isBehind?.() === true;
      if (hasExited && !isBehind) return { id, reason: 'exit' };
      // A wait for an exited job ends with `exit`, even if the check took longer than the timeout.
      wait.timeout.checked(id);
      if (isBehind) continue;
      if (source.input.requests.takeDismissal(id)) return { id, reason: 'dismissed' };
      await activity.since(version, signal, check.pauseMs);
    }
  } finally {
    activity.dispose();
  }
}

/** The timeout of a wait. It expires only after each job was checked once, so that a short timeout finds what is there. */
class WaitTimeout {
  readonly expired: Promise<void>;
  #expire: () => void = () => undefined;
  #timer: NodeJS.Timeout;
  readonly #unchecked: Set<string>;
  #isDue = false;

  /** @param jobs the ids of the jobs to check */
  constructor(timeoutMs: number, jobs: readonly string[]) {
    this.#unchecked = new Set(jobs);
    this.expired = new Promise((resolve) => (this.#expire = resolve));
    this.#timer = setTimeout(() => {
      this.#isDue = true;
      if (this.#unchecked.size === 0) this.#expire();
      else this.#timer = setTimeout(this.#expire, FIRST_CHECK_TIMEOUT_MS);
    }, timeoutMs);
  }

  /** Call it after the first check of each job, also if that has ended the wait for the job. Later calls do no harm. */
  checked(id: string): void {
    this.#unchecked.delete(id);
    if (this.#isDue && this.#unchecked.size === 0) this.#expire();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
