import { isFinished } from '../protocol/job-record.ts';
import {
  type Condition,
  type ConditionCheck,
  type ConditionMet,
  type ConditionSource,
  makeCheck,
  type WaitTarget,
} from './condition-check.ts';
import type { InputRequests } from './input-requests.ts';
import { JobActivity } from './job-activity.ts';
import type { PortHolder } from './port-holder.ts';

/** What a wait looks at. */
interface WaitSource extends ConditionSource {
  readonly requests: InputRequests;
}

export interface WaitOutcome extends Reached {
  /** For a pattern, by job: the cursor up to which all lines were searched as a whole. */
  readonly searched: ReadonlyMap<string, number>;
  /** For a port that the job did not open: who had it before the job started. */
  readonly portHolder: PortHolder | undefined;
}

interface Reached extends Omit<ConditionMet, 'reason'> {
  /** The job that met the condition. The first job after a timeout or a cancellation. */
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

/**
 * Waits until the first of the jobs meets the condition or exits. Cancelling the wait does not affect any job.
 *
 * @throws JobError for an unknown job or an invalid pattern
 */
export async function waitFor(
  source: WaitSource,
  targets: readonly WaitTarget[],
  condition: Condition,
  timeoutMs: number,
  cancel?: AbortSignal,
): Promise<WaitOutcome> {
  const done = new AbortController();
  const signal = cancel === undefined ? done.signal : AbortSignal.any([done.signal, cancel]);
  const timeout = new WaitTimeout(timeoutMs, targets.length);
  const checks = new Map<string, ConditionCheck>();
  const wait: Wait = { source, condition, signal, timeout, checks };
  const first = targets[0]?.id ?? '';
  const outcomeOf = (reached: Reached): WaitOutcome => ({
    ...reached,
    searched: new Map([...checks].flatMap(([id, { searched }]) => (searched ? [[id, searched()]] : []))),
    portHolder: checks.get(reached.id)?.portHolder?.(),
  });
  try {
    const expired = timeout.expired.then((): Reached => ({ id: first, reason: 'timeout' }));
    return outcomeOf(await Promise.race([expired, ...targets.map((target) => waitForOne(wait, target))]));
  } catch (error) {
    if (cancel?.aborted === true) return outcomeOf({ id: first, reason: 'cancelled' });
    throw error;
  } finally {
    timeout.clear();
    done.abort(WAIT_OVER);
  }
}

interface Wait {
  readonly source: WaitSource;
  readonly condition: Condition;
  readonly signal: AbortSignal;
  readonly timeout: WaitTimeout;
  /** The check of each job, by id. */
  readonly checks: Map<string, ConditionCheck>;
}

async function waitForOne(wait: Wait, target: WaitTarget): Promise<Reached> {
  const { source, condition, signal } = wait;
  const { id } = target;
  const activity = new JobActivity(source.jobs, id, READS_LOG.has(condition.until));
  try {
    const check = makeCheck(source, target, condition, signal);
    wait.checks.set(id, check);
    for (let checks = 0; ; checks++) {
      signal.throwIfAborted();
      const { version } = activity;
      // Read the status before the check: the check then sees everything that the job wrote before it exited.
      const hasExited = isFinished(source.jobs.get(id));
      const met = await check.run();
      if (met !== undefined) return { id, ...met };
      if (hasExited) return { id, reason: 'exit' };
      if (source.requests.takeDismissal(id)) return { id, reason: 'dismissed' };
      if (checks === 0) wait.timeout.checked();
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
  #unchecked: number;
  #isDue = false;

  /** @param jobs how many jobs there are to check */
  constructor(timeoutMs: number, jobs: number) {
    this.#unchecked = jobs;
    this.expired = new Promise((resolve) => (this.#expire = resolve));
    this.#timer = setTimeout(() => {
      this.#isDue = true;
      if (this.#unchecked === 0) this.#expire();
      else this.#timer = setTimeout(this.#expire, FIRST_CHECK_TIMEOUT_MS);
    }, timeoutMs);
  }

  /** Call it once for each job, after its first check. */
  checked(): void {
    this.#unchecked--;
    if (this.#isDue && this.#unchecked === 0) this.#expire();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
