/** The limits of jobs. Sizes are in bytes. */
export interface Limits {
  /** How many jobs may run at the same time. */
  readonly maxConcurrentJobs: number;
  /** How much output of one job is kept. */
  readonly maxOutputSize: number;
  /** How much output of all jobs is kept. The oldest finished jobs lose theirs first. */
  readonly maxTotalSize: number;
  /** Timeout, in seconds, for jobs started without one. 0 disables it. */
  readonly defaultTimeout: number;
  /** How long, in seconds, a job may take to shut down before SIGKILL. */
  readonly graceSeconds: number;
  /** How many finished jobs stay in the list. */
  readonly historyLimit: number;
  /** How many days finished jobs stay in the list. */
  readonly historyDays: number;
  /** How long, in seconds, jobs keep running while no manager is connected. */
  readonly keepAliveSeconds: number;
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** The unit, for messages and help. */
  readonly unit: 'jobs' | 'bytes' | 'seconds' | 'days';
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Longest delay of a timer in Node, 2^31 − 1 ms, in whole seconds. */
export const MAX_TIMEOUT_SECONDS = 2_147_483;

/** Longest grace. A restart waits for it, and clients allow about a minute for a call. */
export const MAX_GRACE_SECONDS = 30;

export const LIMITS: { readonly [Name in keyof Limits]: Bounds } = {
  maxConcurrentJobs: { min: 1, max: 1000, default: 10, unit: 'jobs' },
  maxOutputSize: { min: 64 * KIB, max: 100 * GIB, default: 100 * MIB, unit: 'bytes' },
  maxTotalSize: { min: MIB, max: 1024 * GIB, default: GIB, unit: 'bytes' },
  defaultTimeout: { min: 0, max: MAX_TIMEOUT_SECONDS, default: 0, unit: 'seconds' },
  graceSeconds: { min: 0, max: MAX_GRACE_SECONDS, default: 2, unit: 'seconds' },
  historyLimit: { min: 0, max: 100_000, default: 200, unit: 'jobs' },
  historyDays: { min: 1, max: 3650, default: 7, unit: 'days' },
  keepAliveSeconds: { min: 0, max: 7 * 24 * 3600, default: 60, unit: 'seconds' },
};

export const DEFAULT_LIMITS: Limits = Object.fromEntries(
  Object.entries(LIMITS).map(([name, bounds]) => [name, bounds.default]),
) as unknown as Limits;
