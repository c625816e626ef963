/** Format version of everything that is stored about jobs. */
export const RECORD_VERSION = 1;

/** Time (ms) between the first signal and SIGKILL, unless the caller asks for another. */
export const DEFAULT_GRACE_MS = 2000;

export const STATUSES = ['running', 'completed', 'failed', 'killed', 'lost'] as const;
/**
 * `completed`: exit code 0. `failed`: another exit code, or it could not start. `killed`: ended by us or by a
 * signal. `lost`: its runner died, so nobody can know.
 */
export type Status = (typeof STATUSES)[number];

/** Who ended a job. */
export type EndedBy = 'itself' | 'agent' | 'person' | 'timeout' | 'shutdown';

/** Who asked for a job. */
export interface Starter {
  readonly kind: 'agent' | 'person';
  /** Name of the MCP client, when there is one. */
  readonly client?: string;
  /** The conversation in which an agent asked, when the client tells it. */
  readonly conversation?: string;
}

/** What was asked for. It never changes. */
export interface JobSpec {
  /** UUID v4. */
  readonly id: string;
  readonly name?: string;
  /** The command line, given to the shell as it is. */
  readonly command: string;
  /** Absolute path. */
  readonly cwd: string;
  /** Absolute path, or a name found on PATH. */
  readonly shell: string;
  /** Variables on top of the environment of the manager. May hold secrets: never shown. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: 'open' | 'closed';
  /** Both streams on one pipe: exact order between them, all tagged stdout. */
  readonly mergeStderr: boolean;
  /** The job is ended when it has run so long; none when left out. */
  readonly timeoutMs?: number;
  /** Bytes of output kept at most. */
  readonly maxOutputSize: number;
  readonly startedBy: Starter;
}

/** What became of it. Written by the runner only, save `lost`. */
export interface JobState {
  readonly status: Status;
  /** Process id of the shell, which leads its own session and process group. */
  readonly pid?: number;
  /** Tells the process from a later one with the same pid; its form depends on the system. */
  readonly pidStarted?: string;
  /** Identifies the run of the operating system in which `pid` means something. */
  readonly bootId?: string;
  /** ms since the Unix epoch. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** How long it ran, ms, by the monotonic clock. */
  readonly durationMs?: number;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly endedBy?: EndedBy;
  /** Why it could not start. */
  readonly error?: string;
  /** Cursor behind the last byte of output when it ended. */
  readonly outputEnd?: number;
  /** Bytes of output that could not be stored (the disk was full). */
  readonly unstoredBytes?: number;
  /** How its output is read. `socket`: `/dev/stdout` and its like cannot be opened by the job. */
  readonly capture?: 'fifo' | 'socket' | 'pipe';
}

export interface JobRecord extends JobSpec, JobState {
  /** The runner that owns it, a UUID v4. */
  readonly runner: string;
}
