/**
 * What managers and a runner say to each other: JSON-RPC 2.0, a message a line, on a socket. The first request is `hello`; until its secret is right nothing else is answered.
 *
 * `hello`, `kill` and `changed` never change their meaning, so that a manager can show and end the jobs of a
 * runner whose version it does not know. Everything else goes with `PROTOCOL_VERSION`.
 */
import { NotificationType, RequestType } from 'vscode-jsonrpc/node';
import type { NamedProcess, TreeUsage } from '../processes/tree-inspection.ts';
import type { EndedBy, JobRecord, JobSpec } from './job-record.ts';

export const PROTOCOL_VERSION = 1;

export interface HelloParams {
  readonly protocol: number;
  readonly secret: string;
  /**
   * How long (ms) the runner keeps its jobs when no client is connected; null: for ever. The newest
   * client's word counts.
   */
  readonly keepAliveMs: number | null;
  /** The jobs that this client starts end with its connection, whoever else is connected. */
  readonly endJobsWithClient: boolean;
  /** The environment for the jobs that this client starts. */
  readonly env: Readonly<Record<string, string>>;
  /** Soft limit of open files for them. Without it they get the runner's. */
  readonly openFiles?: number;
}

export interface HelloResult {
  readonly protocol: number;
  /** The runner's id, a UUID v4. */
  readonly runner: string;
  readonly pid: number;
  /** All jobs that it has started, also the ended ones. */
  readonly jobs: readonly JobRecord[];
}

export interface StartParams {
  readonly spec: JobSpec;
  /** Refuse it when so many are running already. */
  readonly maxRunning: number;
}

export type StartResult =
  | { readonly job: JobRecord }
  | { readonly refused: 'name'; readonly job: JobRecord }
  | { readonly refused: 'limit'; readonly running: number };

export interface WriteParams {
  readonly id: string;
  readonly text: string;
  /** Close the job's stdin behind the text. */
  readonly eof: boolean;
}

/** `full`: the job does not read; nothing of this text was taken. `closed`: its stdin is closed, or it ended. */
export type WriteResult = 'written' | 'full' | 'closed';

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
  /** ms until what is left is killed with SIGKILL. */
  readonly graceMs: number;
  readonly by: EndedBy;
}

export interface KillResult {
  readonly job: JobRecord;
  /** Processes that were ended, the shell included. */
  readonly ended: number;
  /** What could not be ended. */
  readonly survivors: readonly NamedProcess[];
}

export interface RenameParams {
  readonly id: string;
  /** None when it is left out. */
  readonly name?: string;
}

/** Refused: a running job with that name. */
export type RenameResult =
  { readonly job: JobRecord } | { readonly refused: 'name'; readonly job: JobRecord };

export type InspectResult = TreeUsage;

export const hello = new RequestType<HelloParams, HelloResult, void>('hello');
export const start = new RequestType<StartParams, StartResult, void>('start');
export const write = new RequestType<WriteParams, WriteResult, void>('write');
/** Sends a signal to the process group of a job. Result: whether the group existed. */
export const signal = new RequestType<SignalParams, boolean, void>('signal');
export const kill = new RequestType<KillParams, KillResult, void>('kill');
export const rename = new RequestType<RenameParams, RenameResult, void>('rename');
export const inspect = new RequestType<{ readonly id: string }, InspectResult, void>('inspect');

/** Tell me when the log of this job grows; answered at once with a first `grew`. Counted: one `unwatch` each. */
export const watch = new NotificationType<{ readonly id: string }>('watch');
export const unwatch = new NotificationType<{ readonly id: string }>('unwatch');

/** A manager has removed this finished job: told to the runner, and by it to the other managers. */
export const removed = new NotificationType<{ readonly id: string }>('removed');
/** A job began, ended, or has another name. */
export const changed = new NotificationType<JobRecord>('changed');
/** The log of a watched job grew, at once and then at most every 16 ms. */
export const grew = new NotificationType<{ readonly id: string; readonly end: number }>('grew');
