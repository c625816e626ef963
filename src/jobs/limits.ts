/** The bounds within which jobs run. Sizes in bytes. */
export interface Limits {
  /** Jobs that may run at the same time. */
  readonly maxConcurrentJobs: number;
  /** Output kept of one job. */
  readonly maxOutputSize: number;
  /** Output kept of all jobs together; the oldest finished ones lose theirs first. */
  readonly maxTotalSize: number;
  /** Seconds after which a job is ended that was started without a timeout of its own; 0: never. */
  readonly defaultTimeout: number;
  /** Seconds that a job gets to shut down after the first signal, before SIGKILL. */
  readonly graceSeconds: number;
  /** Finished jobs that stay in the list. */
  readonly historyLimit: number;
  /** Days for which finished jobs stay in the list. */
  readonly historyDays: number;
  /** Seconds for which jobs go on when nobody is connected to their runner. */
  readonly keepAliveSeconds: number;
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** Unit for messages and help. */
  readonly unit: 'jobs' | 'bytes' | 'seconds' | 'days';
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Longest delay of a timer in Node: 2^31 − 1 ms, here in whole seconds. */
export const MAX_TIMEOUT_SECONDS = 2_147_483;

/** Longest grace. A restart waits for it, and clients allow a call about a minute. */
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
