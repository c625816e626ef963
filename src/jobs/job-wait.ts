import type { InspectResult } from '../protocol/messages.ts';
import type { Stream } from '../log/store/log-segments.ts';
import type { Match } from '../log/search/log-search.ts';
import { JobActivity } from './job-activity.ts';
import type { InputRequests } from './input-requests.ts';
import type { JobLogs } from './job-logs.ts';
import type { KnownJobs } from './known-jobs.ts';
import { isPortOpen } from './port-probe.ts';

/** What a wait is for. The end of the job ends every wait. */
export type Condition =
  | { readonly until: 'exit' }
  /** A line from the cursor on that matches a regular expression. */
  | { readonly until: 'pattern'; readonly pattern: string; readonly stream?: Stream | undefined }
  /** A TCP port that accepts connections on loopback. */
  | { readonly until: 'port'; readonly port: number }
  /** No output for so long (ms) since the wait began. */
  | { readonly until: 'quiet'; readonly quietMs: number; readonly stream?: Stream | undefined }
  /** Any output behind the cursor. */
  | { readonly until: 'output'; readonly stream?: Stream | undefined };

/** What a wait looks at. */
export interface WaitSource {
  readonly jobs: KnownJobs;
  readonly logs: JobLogs;
  readonly requests: InputRequests;
  readonly inspect: (reference: string) => Promise<InspectResult>;
}

export interface WaitTarget {
  readonly id: string;
  /** Bytes since the job began. */
  readonly cursor: number;
}

export interface WaitOutcome {
  /** The job that met the condition; the first one when the time was up or the wait was cancelled. */
  readonly id: string;
  /** `dismissed`: the person did not answer what the job was to be given. */
  readonly reason: Condition['until'] | 'timeout' | 'cancelled' | 'dismissed';
  readonly match?: Match;
  /** Whether it is a process of the job that listens on the port. */
  readonly isOwnPort?: boolean;
  /** For a pattern, by job: up to here all lines were looked at as a whole. */
  readonly searched: ReadonlyMap<string, number>;
}

/** Made once: without a reason each abort makes an exception with its stack, in the way of each answer. */
const OVER = new Error('The wait is over.');

/** The others need not be woken for what a job prints, which may be a gigabyte. */
const READS_LOG: ReadonlySet<Condition['until']> = new Set(['pattern', 'quiet', 'output']);

/** Pause (ms) between two tries of a port. */
const PORT_INTERVAL = 100;

/**
 * Waits until the first of the jobs meets the condition or ends. Cancelling touches no job.
 *
 * @throws JobError for an unknown job, or a pattern that cannot be used
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
  const first = targets[0]?.id ?? '';
  const searched = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Omit<WaitOutcome, 'searched'>>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, { id: first, reason: 'timeout' });
  });
  try {
    const looks = targets.map((target) => waitForOne(source, target, condition, signal, searched));
    return { ...(await Promise.race([timeout, ...looks])), searched };
  } catch (error) {
    if (cancel?.aborted === true) return { id: first, reason: 'cancelled', searched };
    throw error;
  } finally {
    clearTimeout(timer);
    done.abort(OVER);
  }
}

async function waitForOne(
  source: WaitSource,
  target: WaitTarget,
  condition: Condition,
  signal: AbortSignal,
  searched: Map<string, number>,
): Promise<Omit<WaitOutcome, 'searched'>> {
  const activity = new JobActivity(source.jobs, target.id, READS_LOG.has(condition.until));
  const look = makeLook(source, target, condition, signal, searched);
  const isRunning = (): boolean => source.jobs.get(target.id).status === 'running';
  try {
    for (;;) {
      signal.throwIfAborted();
      const { version } = activity;
      // Whether it ran is asked before the look: what it wrote until its end is then seen by this look.
      const ran = isRunning();
      const found = await look();
      if (found !== undefined) return { id: target.id, ...found };
      if (!ran) return { id: target.id, reason: 'exit' };
      if (source.requests.takeDismissal(target.id)) return { id: target.id, reason: 'dismissed' };
      await activity.since(version, signal, nextTurn(condition));
    }
  } finally {
    activity.dispose();
  }
}

type Found = Pick<WaitOutcome, 'reason' | 'match' | 'isOwnPort'>;

/** A function that tells whether the condition is met now. It remembers what it has seen of the log. */
function makeLook(
  source: WaitSource,
  { id, cursor }: WaitTarget,
  condition: Condition,
  signal: AbortSignal,
  searched: Map<string, number>,
): () => Promise<Found | undefined> {
  switch (condition.until) {
    case 'exit':
      return async () => undefined;
    case 'output':
      return async () =>
        source.logs.endOf(id, condition.stream) > cursor ? { reason: 'output' } : undefined;
    case 'quiet': {
      let end = source.logs.endOf(id, condition.stream);
      let since = performance.now();
      return async () => {
        const now = source.logs.endOf(id, condition.stream);
        if (now > end) {
          end = now;
          since = performance.now();
        }
        return performance.now() - since >= condition.quietMs ? { reason: 'quiet' } : undefined;
      };
    }
    case 'port':
      return async () => {
        if (!(await isPortOpen(condition.port))) return undefined;
        const { ports } = await source.inspect(id);
        return { reason: 'port', isOwnPort: ports.includes(condition.port) };
      };
    case 'pattern': {
      searched.set(id, cursor);
      return async () => {
        const { pattern, stream } = condition;
        const { matches, next } = await source.logs.search(
          id,
          { cursor: searched.get(id) ?? cursor, pattern, stream, context: 0, maxMatches: 1 },
          signal,
        );
        searched.set(id, next);
        const [match] = matches;
        return match && { reason: 'pattern', match };
      };
    }
  }
}

/** ms until the next look at what can come true without a word from the job. */
function nextTurn(condition: Condition): number | undefined {
  switch (condition.until) {
    case 'port':
      return PORT_INTERVAL;
    case 'quiet':
      return condition.quietMs + 1;
    default:
      return undefined;
  }
}
