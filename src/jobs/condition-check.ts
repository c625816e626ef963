import type { Match } from '../log/search/log-search.ts';
import type { Stream } from '../log/store/log-segments.ts';
import { InputCheck } from './input-check.ts';
import type { InputWait } from './input-wait.ts';
import type { JobLogs } from './job-logs.ts';
import { type PortBeforeStart, PortCheck, type PortCheckSource, type PortHolder } from './port-check.ts';

/** What a wait is for. A job that exits ends every wait. */
export type Condition =
  | { readonly until: 'exit' }
  /** A line behind the cursor that matches a regular expression. */
  | { readonly until: 'pattern'; readonly pattern: string; readonly stream?: Stream | undefined }
  /** A TCP port on which the job listens, or that something else opened after the job started. */
  | { readonly until: 'port'; readonly port: number }
  /** No output for this long since the wait began. */
  | { readonly until: 'quiet'; readonly quietMs: number; readonly stream?: Stream | undefined }
  /** The job waits for input. */
  | { readonly until: 'input' }
  /** Any output behind the cursor. */
  | { readonly until: 'output'; readonly stream?: Stream | undefined };

export interface WaitTarget {
  readonly id: string;
  /** In bytes since the job began. */
  readonly cursor: number;
}

export interface ConditionMet {
  readonly reason: Condition['until'];
  readonly match?: Match;
  /** For a port: whether it is a process of the job that listens. */
  readonly isOwnPort?: boolean;
  /** How the job waits for input. */
  readonly input?: InputWait;
}

export interface ConditionCheck {
  /** @returns undefined while the condition is not met */
  readonly run: () => Promise<ConditionMet | undefined>;
  /** Pause until the next check if nothing happens, in ms. Undefined if only a change of the job can make a difference. */
  readonly pauseMs?: number;
  /** For a pattern: the cursor up to which all lines were searched as a whole. */
  readonly searched?: () => number;
  /** For a port: who had it before the job started. */
  readonly portHolder?: () => PortHolder | undefined;
}

export interface ConditionSource extends PortCheckSource {
  readonly logs: JobLogs;
  /** Returns what is known of the port that a job was expected to open when it started. */
  readonly portBeforeStart: (id: string) => PortBeforeStart | undefined;
  readonly waitsForInput: (id: string) => Promise<InputWait | undefined>;
}

/** Pause between two checks of a port. */
const PORT_PAUSE_MS = 100;

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
          return source.logs.endOf(id, condition.stream) > cursor ? { reason: 'output' } : undefined;
        },
      };
    case 'quiet':
      return checkQuiet(source.logs, id, condition);
    case 'port':
      return checkPort(source, id, condition.port);
    case 'input':
      return checkInput(source, id);
    case 'pattern':
      return checkPattern(source.logs, target, condition, signal);
  }
}

function checkQuiet(
  logs: JobLogs,
  id: string,
  { quietMs, stream }: Extract<Condition, { until: 'quiet' }>,
): ConditionCheck {
  let end = logs.endOf(id, stream);
  let since = performance.now();
  const run = async (): Promise<ConditionMet | undefined> => {
    const now = logs.endOf(id, stream);
    if (now > end) {
      end = now;
      since = performance.now();
    }
    return performance.now() - since >= quietMs ? { reason: 'quiet' } : undefined;
  };
  return { run, pauseMs: quietMs + 1 };
}

function checkPort(source: ConditionSource, id: string, port: number): ConditionCheck {
  const before = source.portBeforeStart(id);
  const check = new PortCheck(source, id, port, before?.port === port ? before : undefined);
  const run = async (): Promise<ConditionMet | undefined> => {
    const result = await check.run();
    return result && { reason: 'port', isOwnPort: result.isOwn };
  };
  return { run, pauseMs: PORT_PAUSE_MS, portHolder: () => check.holder };
}

function checkInput(source: ConditionSource, id: string): ConditionCheck {
  const check = new InputCheck({
    look: () => source.waitsForInput(id),
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

function checkPattern(
  logs: JobLogs,
  { id, cursor: first }: WaitTarget,
  { pattern, stream }: Extract<Condition, { until: 'pattern' }>,
  signal: AbortSignal,
): ConditionCheck {
  let cursor = first;
  const run = async (): Promise<ConditionMet | undefined> => {
    const request = { cursor, pattern, stream, context: 0, maxMatches: 1 };
    const { matches, next } = await logs.search(id, request, signal);
    cursor = next;
    const [match] = matches;
    return match && { reason: 'pattern', match };
  };
  return { run, searched: () => cursor };
}
