/**
 * The messages between managers and a runner: JSON-RPC 2.0 on a socket, one message per line. The first request is
 * `hello`. Until its secret is correct, the runner answers nothing else.
 *
 * `hello`, `kill` and `changed` never change their meaning. So a manager can show and end the jobs of a runner whose
 * version it does not know. `PROTOCOL_VERSION` covers the rest.
 */
import { NotificationType, RequestType } from 'vscode-jsonrpc/node';
import type { InputReader } from '../processes/input-file.ts';
import type { NamedProcess, TreeUsage } from '../processes/tree-inspection.ts';
import type { EndedBy, JobRecord, JobSpec, TerminalSize } from './job-record.ts';

export interface HelloParams {
  readonly protocol: number;
  readonly secret: string;
  /**
   * How long the runner keeps its jobs while no client is connected. Null: forever. The value of the client that
   * connected last applies.
   */
  readonly keepAliveMs: number | null;
  /** The jobs of this client end with its connection, even if other clients are connected. */
  readonly endJobsWithClient: boolean;
  /** How many jobs may run when a job of this client starts. Applies to its queued jobs, too. */
  readonly maxRunning: number;
  /** The environment for the jobs that this client starts. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder in whose `node_modules` native modules are. Jobs with a terminal need them. */
  readonly modulesFolder?: string;
  /** Path of the script that searches logs in a worker thread. Jobs that are ready when they print a line need it. */
  readonly searchScript?: string;
  /** Soft limit of open files for them. Without it they get the runner's. */
  readonly openFiles?: number;
}

export interface HelloResult {
  readonly protocol: number;
  /** The runner's id, a UUID v4. */
  readonly runner: string;
  readonly pid: number;
  /** Jobs that are running, and those whose newest record could not be stored. */
  readonly jobs: readonly JobRecord[];
}

export interface StartParams {
  readonly spec: JobSpec;
  /** Whether the job may be queued if too many jobs are running. Otherwise it is refused. */
  readonly mayQueue: boolean;
  /** The job that this one takes the place of. It is killed first, and jobs that wait for it wait for this one. */
  readonly replaces?: KillParams;
  /** The job that is started again. A runner of an earlier build ignores this. */
  readonly follows?: FollowParams;
  /**
   * A running or queued job of this name that the client expects to get. If it is neither by now, the request is refused as
   * `ended`, since nobody approved another run. A runner of an earlier build ignores this.
   */
  readonly expects?: string;
}

export interface FollowParams {
  readonly id: string;
  /**
   * The runs of the same command since that job that the client knew when the restart was requested. If another one follows
   * the job, it was started for a restart at the same time, which is answered like this one.
   */
  readonly known: readonly string[];
}

/**
 * The job runs, has failed to start, or is queued. `survivors`: processes of the replaced job could not be ended. `name`:
 * another job has the name. It is also the answer if another request has replaced the same job already, with the new job. `ended`:
 * see `expects`.
 */
export type StartResult =
  | { readonly job: JobRecord }
  | { readonly refused: 'survivors'; readonly survivors: readonly NamedProcess[] }
  | { readonly refused: 'name'; readonly job: JobRecord }
  | { readonly refused: 'limit'; readonly running: number }
  | { readonly refused: 'ended' };

export interface WriteParams {
  readonly id: string;
  readonly text: string;
  /** Closes the job's stdin after the text. */
  readonly eof: boolean;
  /** Who ended the job, if it ends because of an interrupt in the text. */
  readonly by?: EndedBy;
}

/**
 * `full`: the job does not read, and the text was refused. `closed`: its stdin is closed, or the job has ended. `long`: a
 * line is longer than its terminal takes, and the text was refused.
 */
export type WriteResult = 'written' | 'full' | 'closed' | 'long';

export interface SignalParams {
  readonly id: string;
  readonly signal: string;
  /** Who ended the job, if it ends because of this. */
  readonly by?: EndedBy;
}

export interface KillParams {
  readonly id: string;
  /** First signal, as in signal(7): SIGTERM. */
  readonly signal: string;
  /** Time until the remaining processes get SIGKILL. */
  readonly graceMs: number;
  readonly by: EndedBy;
}

export interface KillResult {
  readonly job: JobRecord;
  /** Number of processes that were ended, including the shell. */
  readonly ended: number;
  /** Processes that could not be ended. */
  readonly survivors: readonly NamedProcess[];
}

export interface ResizeParams extends TerminalSize {
  readonly id: string;
}

export interface RenameParams {
  readonly id: string;
  /** Without it, the job loses its name. */
  readonly name?: string;
}

/** Refused if another running job has the name. */
export type RenameResult =
  { readonly job: JobRecord } | { readonly refused: 'name'; readonly job: JobRecord };

export type InspectResult = TreeUsage;

export interface WatchParams {
  readonly id: string;
  /** Whether the notifications carry the output. A runner of an earlier build ignores this. */
  readonly withOutput?: boolean;
}

/** Output of one stream. */
export interface GrowthPiece {
  readonly stream: 'stdout' | 'stderr';
  /** Cursor of the first byte. */
  readonly offset: number;
  /** The bytes, each as one character (ISO 8859-1). */
  readonly text: string;
}

export interface Growth {
  readonly id: string;
  /** Cursor behind the last byte. All of it is on disk. */
  readonly end: number;
  /** The last output, without gaps up to `end`. Absent if it is long, or nobody asked for it. */
  readonly pieces?: readonly GrowthPiece[];
}

/** How a program has set up its terminal (termios(3)). */
export interface TerminalMode {
  /** What is typed is shown (ECHO). */
  readonly hasEcho: boolean;
  /** Input is passed on line by line (ICANON). */
  readonly isCanonical: boolean;
  /** Ctrl+C and others send signals (ISIG). */
  readonly hasSignals: boolean;
}

export interface InputStateParams {
  readonly id: string;
  /** Asks for `unread`. */
  readonly countUnread?: boolean;
  /** Looks also at a job that has just printed. A runner of an earlier build ignores this. */
  readonly whilePrinting?: boolean;
}

/** What the system shows of a job that may be waiting for input. */
export interface InputState {
  readonly reader: InputReader;
  /** Undefined for a job with pipes. */
  readonly terminal?: TerminalMode;
  /** Time since the job last printed, got input or started, in ms. */
  readonly quietMs: number;
  /** Time since the job got input or started, in ms. Absent if nobody asked for a look while it prints. */
  readonly unansweredMs?: number;
  /** Bytes of input that no process has read yet. Absent if nobody asked for it, or it is not known. */
  readonly unread?: number;
}

export const hello = new RequestType<HelloParams, HelloResult, void>('hello');
/** Asks for a sign of life. Any answer is one. */
export const ping = new RequestType<object, null, void>('ping');
export const start = new RequestType<StartParams, StartResult, void>('start');
export const write = new RequestType<WriteParams, WriteResult, void>('write');
/** Sends a signal to the process group of a job. Result: whether the group existed. */
export const signal = new RequestType<SignalParams, boolean, void>('signal');
export const kill = new RequestType<KillParams, KillResult, void>('kill');
export const rename = new RequestType<RenameParams, RenameResult, void>('rename');
/** Changes the size of the terminal of a running job. Result: false if it has none. */
export const resize = new RequestType<ResizeParams, boolean, void>('resize');
/** Looks now whether a running job is ready. Result: its record. */
export const checkReady = new RequestType<{ readonly id: string }, JobRecord, void>('checkReady');
export const inspect = new RequestType<{ readonly id: string }, InspectResult, void>('inspect');

/** Result: the cursor behind the last byte of output of a running job, for a client that finds no files of its log. */
export const logEnd = new RequestType<{ readonly id: string }, number, void>('logEnd');

/** Looks whether a job waits for input. */
export const inputState = new RequestType<InputStateParams, InputState, void>('inputState');

/**
 * The caller shows the terminal of a job from now on, and sends what it answers to queries in the output that follows. Until
 * then, the runner answers them. Each `view` needs an `unview`. Result: the cursor behind the output that is answered.
 */
export const view = new RequestType<{ readonly id: string }, number, void>('view');
export const unview = new NotificationType<{ readonly id: string }>('unview');

/** Asks for `grew` notifications of a job. The first one follows at once. Each `watch` needs an `unwatch` with the same params. */
export const watch = new NotificationType<WatchParams>('watch');
export const unwatch = new NotificationType<WatchParams>('unwatch');

/** A manager removed a finished job. The runner passes it on to the other managers. */
export const removed = new NotificationType<{ readonly id: string }>('removed');
/** The record of a job changed. A manager sends it, too, when it renames a finished job that the runner does not know. */
export const changed = new NotificationType<JobRecord>('changed');
/**
 * The log of a watched job grew: sent at once, and then at most every 16 ms. With output, it is sent at once unless a job
 * prints without a pause, and then every 8 ms.
 */
export const grew = new NotificationType<Growth>('grew');
