import { JobError } from '../../base/job-error.ts';
import type { Match } from '../../log/search/log-search.ts';
import type { Stream } from '../../log/store/log-segments.ts';
import type { ProblemReport } from '../../problems/problem-report.ts';
import { PacedLook } from '../../processes/paced-look.ts';
import { isFinished } from '../../protocol/job-record.ts';
import type { InputWait } from '../input/input-wait.ts';
import type { JobInput } from '../input/job-input.ts';
import type { JobLogs } from '../output/job-logs.ts';
import type { JobProblems } from '../output/job-problems.ts';
import { hasRounds } from '../start/job-matchers.ts';
import { InputCheck } from './input-check.ts';
import {
  checkPort,
  findOpener,
  findReadyOpener,
  holderFinder,
  type PortCheckSource,
  type PortFacts,
  type PortHolder,
  readyPortHolder,
} from './port-holder.ts';

/** What a wait is for. A job that exits ends every wait. */
export type Condition =
  | { readonly until: 'exit' }
  /** A line behind the cursor that matches a regular expression. */
  | { readonly until: 'pattern'; readonly pattern: string; readonly stream?: Stream | undefined }
  /** A TCP port on which the job listens, or that something else opened after the job started. By default, any of the job. */
  | { readonly until: 'port'; readonly port?: number | undefined }
  /** No output for this long since the wait began. */
  | { readonly until: 'quiet'; readonly quietMs: number; readonly stream?: Stream | undefined }
  /** The job waits for input. */
  | { readonly until: 'input' }
  /** The job's own condition (see `ReadyCondition`), now. Of a watcher: no round is in progress, and one ended behind the cursor. */
  | { readonly until: 'ready' }
  /** Any output behind the cursor, up to which a page can be read. */
  | { readonly until: 'output'; readonly stream?: Stream | undefined };

export interface WaitTarget {
  readonly id: string;
  /** In bytes since the job began. */
  readonly cursor: number;
}

export interface ConditionMet extends PortFacts {
  readonly reason: Condition['until'];
  readonly match?: Match;
  /** Of a watcher that is ready: what its last round found. */
  readonly round?: ProblemReport;
  /** How the job waits for input. */
  readonly input?: InputWait;
  /** For any port: those on which the job listens. */
  readonly ports?: readonly number[];
}

export interface ConditionCheck {
  /** @param isLast the job has exited, so there will be no other check @returns undefined while the condition is not met */
  readonly run: (isLast?: boolean) => Promise<ConditionMet | undefined>;
  /** Pause until the next check if nothing happens, in ms. Undefined if only a change of the job can make a difference. */
  readonly pauseMs?: number;
  /** For a pattern: the cursor up to which all lines were searched as a whole. */
  readonly searched?: () => number;
  /** For a pattern: part of the log is not searched yet, so that the next check must follow at once. */
  readonly isBehind?: () => boolean;
  /** For a port, also that of the job's own condition: who had it before the job started, and has it still. */
  readonly portHolder?: () => PortHolder | undefined;
}

export interface ConditionSource extends PortCheckSource {
  readonly logs: JobLogs;
  readonly problems: Pick<JobProblems, 'current'>;
  readonly input: Pick<JobInput, 'waitsForInput' | 'requests'>;
}

/** How long one check searches a log. A wait can end between two checks. */
const SEARCH_SLICE_MS = 500;

/** How often a port is checked. */
const PORT_PACE = { minPauseMs: 100, maxPauseMs: 1000 };
/** How often the processes of a job are inspected. */
const INSPECTION_PACE = { minPauseMs: 200 };

/** Returns the check of a condition. It remembers how much of the log it has seen. */
export function makeCheck(
  source: ConditionSource,
  target: WaitTarget,
  condition: Condition,
  signal: AbortSignal,
): ConditionCheck {
  const { id, cursor } = target;
  switch (condition.until) {
    case 'exit':
      return { run: async () => undefined };
    case 'output':
      return {
        run: async () => {
          return source.logs.hasNext(id, cursor, condition.stream) ? { reason: 'output' } : undefined;
        },
      };
    case 'quiet':
      return checkQuiet(source, id, condition);
    case 'port':
      return condition.port === undefined
        ? checkAnyPort(source, id)
        : checkOpenPort(source, id, condition.port);
    case 'input':
      return checkInput(source, id);
    case 'ready':
      return checkReady(source, target);
    case 'pattern':
      return checkPattern(source, target, condition, signal);
  }
}

/** A job without a condition is never ready. */
function checkReady(source: ConditionSource, { id, cursor }: WaitTarget): ConditionCheck {
  const { jobs, problems } = source;
  const findHolder = readyPortHolder(source, id);
  let holder: PortHolder | undefined;
  const run = async (): Promise<ConditionMet | undefined> => {
    const job = jobs.get(id);
    if (isFinished(job)) return undefined;
    if (hasRounds(job)) return checkRounds(await problems.current(id), cursor);
    if (job.readyError !== undefined) throw new JobError(job.readyError);
    if (job.ready === undefined) {
      throw new JobError(
        'It is not known when this job is ready, because it was started without until=port or until=pattern. ' +
          'Wait for one of these now, or kill it and start it with one.',
      );
    }
    if (job.readySince === undefined) {
      holder = await findHolder(job);
      return undefined;
    }
    holder = undefined;
    return { reason: 'ready', ...(await findReadyOpener(source, job)) };
  };
  return { run, portHolder: () => holder };
}

/** @param cursor where the caller continues, behind the rounds that it knows */
function checkRounds(report: ProblemReport | undefined, cursor: number): ConditionMet | undefined {
  if (report?.error !== undefined) throw new JobError(report.error);
  if (report === undefined || report.isBusy || (report.roundEnd ?? 0) <= cursor) return undefined;
  return { reason: 'ready', round: report };
}

function checkQuiet(
  { logs, jobs }: ConditionSource,
  id: string,
  { quietMs, stream }: Extract<Condition, { until: 'quiet' }>,
): ConditionCheck {
  let end = logs.endOf(id, stream);
  let since = performance.now();
  const run = async (): Promise<ConditionMet | undefined> => {
    const now = logs.endOf(id, stream);
    // A job that has not started is not quiet yet.
    if (now > end || jobs.get(id).status === 'queued') {
      end = now;
      since = performance.now();
    }
    return performance.now() - since >= quietMs ? { reason: 'quiet' } : undefined;
  };
  return { run, pauseMs: quietMs + 1 };
}

function checkOpenPort(source: ConditionSource, id: string, port: number): ConditionCheck {
  const check = checkPort(source, id, port);
  // What another process opens after that has nothing to do with the job. What the job left behind may open the port.
  const hadExited = isFinished(source.jobs.get(id));
  const look = new PacedLook((isLast: boolean) => check.run(isLast), PORT_PACE);
  const findHolder = holderFinder(source, id);
  let holder: PortHolder | undefined;
  const run = async (isLast = false): Promise<ConditionMet | undefined> => {
    const job = source.jobs.get(id);
    // Before it has a process, the port can only belong to another one.
    if (job.pid === undefined && !isFinished(job)) return undefined;
    const result = await look.run(isLast);
    const isMet = result !== undefined && (!hadExited || result.isOwn);
    holder = isMet || hadExited ? undefined : await findHolder(port, check.holders);
    if (!isMet) return undefined;
    if (result.isOwn) return { reason: 'port', isOwnPort: true };
    const { sockets } = result;
    return { reason: 'port', isOwnPort: false, portOpener: await findOpener(source, id, { port, sockets }) };
  };
  return {
    run,
    get pauseMs() {
      return Math.max(PORT_PACE.minPauseMs, look.pauseMs);
    },
    portHolder: () => holder,
  };
}

function checkInput(source: ConditionSource, id: string): ConditionCheck {
  const check = new InputCheck({
    // The user is asked already, and the job looks the same until the answer.
    look: async () => {
      return source.input.requests.stateOf(id) === 'open' ? undefined : source.input.waitsForInput(id);
    },
    outputEnd: () => source.logs.endOf(id),
  });
  const run = async (): Promise<ConditionMet | undefined> => {
    const input = await check.run();
    return input && { reason: 'input', input };
  };
  return {
    run,
    get pauseMs() {
      return check.pauseMs;
    },
  };
}

function checkAnyPort(source: ConditionSource, id: string): ConditionCheck {
  const look = new PacedLook(() => source.inspect(id), INSPECTION_PACE);
  const run = async (isLast = false): Promise<ConditionMet | undefined> => {
    if (!isLast && look.pauseMs > 0) return undefined;
    const { ports } = await look.run();
    return ports.length === 0 ? undefined : { reason: 'port', ports };
  };
  return {
    run,
    get pauseMs() {
      return Math.max(1, look.pauseMs);
    },
  };
}

/**
 * The log of a job with much output may drop a line before this process reads it. The runner has seen it, if the pattern is
 * that of the job's own condition.
 */
function checkPattern(
  { logs, jobs }: ConditionSource,
  { id, cursor: first }: WaitTarget,
  { pattern, stream }: Extract<Condition, { until: 'pattern' }>,
  signal: AbortSignal,
): ConditionCheck {
  let cursor = first;
  let isBehind = false;
  const isReady = (): boolean => {
    const { ready, readySince } = jobs.get(id);
    return readySince !== undefined && ready?.until === 'pattern' && ready.pattern === pattern;
  };
  // Otherwise the line that made it ready may be before the cursor.
  const tellsReady = stream === undefined && (first === 0 || !isReady());
  const run = async (): Promise<ConditionMet | undefined> => {
    const hasMatched = tellsReady && isReady();
    const request = { cursor, pattern, stream, context: 0, maxMatches: 1, maxMs: SEARCH_SLICE_MS };
    const { matches, next, isOutOfTime } = await logs.search(id, request, signal);
    cursor = next;
    isBehind = isOutOfTime;
    const [match] = matches;
    if (match === undefined) return hasMatched ? { reason: 'pattern' } : undefined;
    return { reason: 'pattern', match };
  };
  return { run, searched: () => cursor, isBehind: () => isBehind };
}
