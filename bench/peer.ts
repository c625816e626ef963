/** What the harness asks of a server under measurement. It knows nothing else of it. */
import type { McpClient } from './mcp-client.ts';

/** A server without the ability that a row measures. Its cell says so, and that is no failure. */
export class NotOffered extends Error {}

/** A connected server that runs shell commands in the background. */
export interface JobServer {
  /** Starts a shell command; resolves with the job's id as soon as the server tells it. */
  start(command: string): Promise<string>;
  /**
   * Reads the job's newest output by the fastest means the server has, waiting for more where it can. The text
   * may repeat lines which an earlier read returned already and may contain more than output.
   */
  read(jobId: string): Promise<string>;
  /** Resolves once the server says that the job has ended; rejects when it ended otherwise than with code 0. */
  waitForExit(jobId: string): Promise<void>;
  /** The last `lines` lines of a job; may contain more than output. */
  tail(jobId: string, lines: number): Promise<string>;
  /** How many bytes of an ended job's output can still be read. */
  keptBytes(jobId: string): Promise<number>;
  /** The server's list of its jobs: of 20 where it takes a number, else of all. */
  list(): Promise<string>;
  /** Ends a running job; resolves with the server's answer. */
  kill(jobId: string): Promise<unknown>;
  /** The lines of the job's output that match a regular expression, or the first of them. */
  search?(jobId: string, pattern: string): Promise<string>;
  /** Inside an editor: what only somebody inside can see or do. */
  readonly host?: HostProbe;
}

/** What a server inside VS Code can tell of its extension host and of the window. */
export interface HostProbe {
  /** Delay of the extension host's event loop and its CPU time, in ms, while `work` runs. */
  metered(work: () => Promise<void>): Promise<{ p99: number; max: number; cpu: number }>;
  /** Bytes in use by the extension host, after garbage was collected. */
  memory(): Promise<number>;
  /** What loading and activating the extension took by VS Code's marks, in ms. */
  activationTime(): Promise<number>;
  showView(): Promise<unknown>;
  hideView(): Promise<unknown>;
  /** Clicks the row of the job and waits until its output is in sight; resolves with the ms that took. */
  openOutput(label: string, text: string): Promise<number>;
}

/** A running server. */
export interface OpenServer {
  readonly server: JobServer;
  /** Ends it as its client does. */
  close(): Promise<unknown>;
  /** It has the history of the launch. */
  readonly hasHistory?: boolean;
  /** Which processes of the session are the server's own; all but the jobs' when left out. */
  readonly isOwn?: (process: { readonly argv: string[] }) => boolean;
}

/** How a server is to be started. */
export interface Launch {
  /** Empty, the server's home and its temporary folder, and removed afterwards. */
  readonly folder: string;
  /** Its whole environment, except what the peer adds. */
  readonly env: Readonly<Record<string, string>>;
  /** So many finished jobs should be in its history already. */
  readonly history: number;
}

/** A peer that is installed and ready to be started. */
export interface InstalledPeer {
  readonly version: string;
  /** For what is no row of the table: a client of it, where it is an MCP server over stdio. */
  connect?(launch: Launch): Promise<McpClient>;
  /** @throws NotOffered when it cannot be started so */
  open(launch: Launch): Promise<OpenServer>;
}

export interface Peer {
  readonly name: string;
  /** Whether its failures are failures of this project. */
  readonly ours: boolean;
  /** Where the table tells it: by which of the peer's means output and end are awaited. */
  readonly means: string;
  /** It is inside a VS Code, and the only one to take part in rows about that. */
  readonly inEditor?: boolean;
  /** The other rows that it takes part in; all when left out. */
  readonly rows?: readonly string[];
  /** Installs the peer into `cacheFolder` unless it is there; rejects when it cannot be had. */
  install(cacheFolder: string): Promise<InstalledPeer>;
}
