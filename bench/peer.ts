/** The interface between the harness and a server that is measured. */
import type { CallTool, McpClient } from './mcp-client.ts';

/** A server lacks the feature that a row measures. Its cell says so, which is not a failure. */
export class NotOffered extends Error {}

/** A connected server that runs shell commands in the background. */
export interface JobServer {
  /** Starts a shell command. Resolves with the id of the job as soon as the server returns it. */
  start(command: string): Promise<string>;
  /** Does the same on a terminal. Undefined if the server has none for jobs. */
  readonly startOnTerminal?: (command: string) => Promise<string>;
  /**
   * Reads the newest output of the job in the fastest way the server has, and waits for more if it can. The text
   * may repeat lines of an earlier read and may contain more than output.
   */
  read(jobId: string): Promise<string>;
  /** Resolves once the server reports the end of the job. Rejects if the exit code is not 0. */
  waitForExit(jobId: string): Promise<void>;
  /** The last `lines` lines of a job. May contain more than output. */
  tail(jobId: string, lines: number): Promise<string>;
  /** Bytes of output of a finished job that can still be read. */
  keptBytes(jobId: string): Promise<number>;
  /** The server's list of its jobs: 20 of them if it takes a number, otherwise all. */
  list(): Promise<string>;
  /** Stops a running job. Resolves with the server's answer. */
  kill(jobId: string): Promise<unknown>;
  /** The lines of output that match a regular expression, or the first of them. */
  search?(jobId: string, pattern: string): Promise<string>;
  /** The tools of this project, for rows about it alone. */
  readonly callTool?: CallTool;
  /** What only an extension inside the editor can see or do. */
  readonly host?: HostProbe;
}

/** What a server inside VS Code reports about its extension host and its window. */
export interface HostProbe {
  /** Delay of the extension host's event loop and its CPU time, in ms, while `work` runs. */
  metered(work: () => Promise<void>): Promise<{ p99: number; max: number; cpu: number }>;
  /** Bytes in use by the extension host, after garbage was collected. */
  memory(): Promise<number>;
  /** Time to load and activate the extension by VS Code's marks, in ms. */
  activationTime(): Promise<number>;
  /** Opens a new chat in agent mode, in which nothing happens. */
  openChat(): Promise<unknown>;
  /** Lets the model start a job for each command, in the open chat, and waits for their cards. */
  showCards(commands: readonly string[]): Promise<unknown>;
  hideChat(): Promise<unknown>;
  showView(): Promise<unknown>;
  hideView(): Promise<unknown>;
  /** A client outside of the editor that shares the jobs of the window. Each has a bridge process of its own. */
  attach(): Promise<McpClient>;
  /** Clicks the row of the job and waits until its output is visible. Resolves with the time that took, in ms. */
  openOutput(label: string, text: string): Promise<number>;
}

/** A running server. */
export interface OpenServer {
  readonly server: JobServer;
  /** Stops it as its client does. */
  close(): Promise<unknown>;
  /** Whether it has the history of the launch. */
  readonly hasHistory?: boolean;
  /** Which processes of the session are the server's own. The default is all except those of jobs. */
  readonly isOwn?: (process: { readonly argv: string[] }) => boolean;
}

/** How to start a server. */
export interface Launch {
  /** An empty folder: the server's home and its temporary folder. It is removed afterwards. */
  readonly folder: string;
  /** Its whole environment, except for what the peer adds. */
  readonly env: Readonly<Record<string, string>>;
  /** Number of finished jobs in its history. */
  readonly history: number;
  /** Whether an editor needs a model that follows a script. */
  readonly agentMode: boolean;
}

/** A peer that is installed and ready to be started. */
export interface InstalledPeer {
  readonly version: string;
  /** A client for measurements outside of the table, if the peer is an MCP server over stdio. */
  connect?(launch: Launch): Promise<McpClient>;
  /** @throws NotOffered if it cannot be started this way */
  open(launch: Launch): Promise<OpenServer>;
}

export interface Peer {
  readonly name: string;
  /** Whether its failures count as failures of this project. */
  readonly ours: boolean;
  /** For the table: how the harness waits for output and the end of a job. */
  readonly means: string;
  /** Whether it runs inside VS Code. Only such peers take part in rows about VS Code. */
  readonly inEditor?: boolean;
  /** The other rows in which it takes part. The default is all. */
  readonly rows?: readonly string[];
  /** Installs the peer into `cacheFolder` unless it is there. Rejects if it is not available. */
  install(cacheFolder: string): Promise<InstalledPeer>;
}
