/** What the harness asks of a server under measurement. It knows nothing else of it. */
import type { CallTool } from './mcp-client.ts';

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
  /** The last lines of an ended job; may contain more than output. */
  tail(jobId: string): Promise<string>;
  /** How many bytes of an ended job's output can still be read. */
  keptBytes(jobId: string): Promise<number>;
}

/** How to start a server: always with the Node binary that runs the benchmark. */
export interface Launch {
  /** The script and its arguments. */
  args: string[];
  env: Record<string, string>;
}

/** A peer that is installed and ready to be started. */
export interface InstalledPeer {
  version: string;
  /** Prepares `folder`, which is empty, the server's home and removed afterwards. */
  launch(folder: string): Promise<Launch>;
  adapt(callTool: CallTool): JobServer;
}

export interface Peer {
  name: string;
  /** Whether its failures are failures of this project. */
  ours: boolean;
  /** Where the table tells it: by which of the peer's means output and end are awaited. */
  means: string;
  /** Installs the peer into `cacheFolder` unless it is there; rejects when it cannot be had. */
  install(cacheFolder: string): Promise<InstalledPeer>;
}
