import type { ProblemMatcher } from './problem-matcher.ts';

/** Format version of all stored data about jobs. */
export const RECORD_VERSION = 1;

/** Time between the first signal and SIGKILL for a job whose specification has none. */
const DEFAULT_GRACE_MS = 2000;

export const STATUSES = ['queued', 'running', 'completed', 'failed', 'killed', 'lost'] as const;
/**
 * `queued`: it waits for other jobs and has not started. `completed`: exit code 0. `failed`: another exit code, or it could not start. `killed`: ended by a client, a limit or
 * a signal. `lost`: its runner died, so the end is unknown.
 */
export type Status = (typeof STATUSES)[number];

/** Who ended a job, or what. */
export type EndedBy = 'itself' | 'agent' | 'person' | 'timeout' | 'shutdown';

/** Who requested a job. */
export interface Starter {
  readonly kind: 'agent' | 'person';
  /** Name of the MCP client, if there is one. */
  readonly client?: string;
  /** The agent's conversation, if the client passes it. */
  readonly conversation?: string;
  /** The session of the MCP client. */
  readonly session?: string;
}

/** Size of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Size of a terminal without a viewer. */
export const DEFAULT_TERMINAL_SIZE: TerminalSize = { columns: 120, rows: 30 };

/** When a running job counts as ready. Its runner watches that, also while no client is connected. */
export type ReadyCondition =
  /** It listens on this TCP port, or something else opened the port after the job started. Without a port: it listens on any. */
  | { readonly until: 'port'; readonly port?: number }
  /**
   * It has printed a line that matches a regular expression. A later line that matches `busy`, such as the first line of
   * the next round of a watcher, means that it is not ready until `pattern` matches again.
   */
  | { readonly until: 'pattern'; readonly pattern: string; readonly busy?: string };

/** The request. Only the name can change. */
export interface JobSpec {
  /** UUID v4. */
  readonly id: string;
  readonly name?: string;
  /** The command line for the shell. */
  readonly command: string;
  /** Absolute path. */
  readonly cwd: string;
  /** Absolute path, or a name found on PATH. */
  readonly shell: string;
  /** Variables in addition to the manager's environment. They may hold secrets, so values are never shown. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: 'open' | 'closed';
  /** Both streams on one pipe: in exact order, all tagged stdout. */
  readonly mergeStderr: boolean;
  /** The encoding of its output, as the Encoding Standard names it. UTF-8 if omitted, or what a byte order mark says. */
  readonly encoding?: string;
  /** The job gets a terminal of this size in place of pipes. All its output is tagged stdout. */
  readonly terminal?: TerminalSize;
  /** The job is ended after this time. Without it, it has no timeout. */
  readonly timeoutMs?: number;
  /** Time between the first signal and SIGKILL, when the job is ended. */
  readonly graceMs?: number;
  /** What finds problems in its output. */
  readonly matchers?: readonly ProblemMatcher[];
  /** Bytes of output to keep. */
  readonly maxOutputSize: number;
  readonly ready?: ReadyCondition;
  /** Ids of the jobs that must be ready, or completed, before this one starts. */
  readonly after?: readonly string[];
  /** What its starter wants to be notified about: `ready`, `exit`, `input`, `match:` and a regular expression. */
  readonly notify?: readonly string[];
  /** What approved the command: rules of the user, a setting, or the user. Undefined if it needed no approval. */
  readonly approvedBy?: string;
  readonly startedBy: Starter;
}

/** The state. Only the runner writes it, except for `lost`. */
export interface JobState {
  readonly status: Status;
  /** The shell, which leads its own session and process group. */
  readonly pid?: number;
  /** Distinguishes the process from a later one with the same pid. Its form depends on the system. */
  readonly pidStarted?: string;
  /** The boot of the system in which `pid` is valid. */
  readonly bootId?: string;
  /** ms since the Unix epoch. Of a job that never started: when it was requested. */
  readonly startedAt: number;
  /** Since when the running job meets its condition, in ms since the Unix epoch. Undefined while it does not. */
  readonly readySince?: number | undefined;
  /** Whether a process of the job listens on the port of its condition. */
  readonly isOwnPort?: boolean | undefined;
  /** Why it is not known whether the job is ready, in whole sentences. */
  readonly readyError?: string;
  /** Another process had the port of the condition when the job started, and has not closed it since. */
  readonly isPortTaken?: boolean;
  /** Its sockets, by the id of `PortSocket`. Empty if the port was free. Runners of earlier versions do not tell. */
  readonly portSockets?: readonly string[];
  /** The job in `after` because of which it never started. */
  readonly failedDependency?: string;
  readonly endedAt?: number;
  /** How long it ran, in ms, by the monotonic clock. */
  readonly durationMs?: number;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly endedBy?: EndedBy;
  /** Why it could not start, in whole sentences. */
  readonly error?: string;
  /** Cursor behind the last byte of output at its end, or when the processes that it left behind were counted last. */
  readonly outputEnd?: number;
  /** Bytes of output that could not be stored, for example on a full disk. Up to twice as many while the job runs. */
  readonly unstoredBytes?: number;
  /** How its output is read. `socket`: the job cannot open `/dev/stdout` and the other devices. */
  readonly capture?: 'fifo' | 'socket' | 'pipe' | 'terminal';
  /** Why it has pipes although its starter asked for a terminal, as one clause. */
  readonly lacksTerminal?: string;
  /** Size of its terminal, if a viewer has changed it. */
  readonly terminalSize?: TerminalSize;
  /**
   * Processes that lived on when the job had finished. 0 is final; any other number may have changed since. Without
   * it, the number is unknown.
   */
  readonly leftBehind?: number;
}

export interface JobRecord extends JobSpec, JobState {
  /** Id of the runner that owns it, a UUID v4. */
  readonly runner: string;
}

/** Returns true if a job neither runs nor will. */
export function isFinished({ status }: Pick<JobState, 'status'>): boolean {
  return status !== 'queued' && status !== 'running';
}

/** Returns true if a job has ended without a process: it could not start, or was killed in the queue. */
export function neverStarted({ status, pid }: Pick<JobState, 'status' | 'pid'>): boolean {
  // The runner of a lost job may have died before it noted the process.
  return pid === undefined && (status === 'failed' || status === 'killed');
}

/** Returns the present size of a job's terminal, if it has one. */
export function terminalSizeOf({ terminal, terminalSize }: JobRecord): TerminalSize | undefined {
  return terminal === undefined ? undefined : (terminalSize ?? terminal);
}

/** Returns the time between the first signal and SIGKILL, in ms. */
export function graceOf({ graceMs = DEFAULT_GRACE_MS }: JobSpec): number {
  return graceMs;
}
