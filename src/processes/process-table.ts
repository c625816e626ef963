import type { InputFile, InputReader } from './input-file.ts';

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** Process group; 0 on systems without process groups. */
  readonly group: number;
  /** Session; the process group on systems that do not tell it, and 0 on systems without sessions. */
  readonly session: number;
  /** Distinguishes a process from a later one with the same pid. */
  readonly started: string;
  /** Whether a signal has stopped it. */
  readonly isStopped: boolean;
}

export interface ProcessDetails {
  /** Command line, with arguments joined by blanks. */
  readonly command: string;
  /** CPU time used so far, in ms. */
  readonly cpuMs: number;
  /** Resident memory in bytes. */
  readonly memoryBytes: number;
}

/** What a process has inherited from the job that started it. */
export interface InheritedTags {
  /** Value of the cookie in its environment; undefined if the environment has none or cannot be read. */
  readonly cookie: string | undefined;
  /** Its mark (see `jobMark`); undefined if it has none or the system has no marks. */
  readonly mark?: bigint | undefined;
}

/** A process whose descendants are wanted. */
export interface Ancestor {
  readonly pid: number | undefined;
  /** Its start, in the form of `ProcessInfo.started`; empty if unknown. */
  readonly started: string;
  /** How long ago it started, in ms, if that is known. */
  readonly ageMs?: number;
}

interface PortListener {
  readonly process: ProcessInfo;
  /** The sockets on which it listens, by the id of `PortSocket`. */
  readonly sockets: readonly string[];
}

/**
 * The processes of an operating system, without zombies. Each method throws if the system cannot be asked, for example
 * without a free file descriptor: then nothing is known.
 */
export interface ProcessTable {
  /** @param ancestor processes that cannot descend from it may be omitted */
  list(ancestor?: Ancestor): Promise<ProcessInfo[]>;
  /** Returns a table for many looks at the descendants of a process in a short time, if that costs less than `list()`. */
  following?(ancestor: Ancestor): ProcessTable;
  /** Reads the tags of processes, by pid. Processes without tags are omitted. */
  readTags(processes: readonly ProcessInfo[]): Promise<ReadonlyMap<number, InheritedTags>>;
  /** Returns undefined if the process is gone. */
  find(pid: number): Promise<ProcessInfo | undefined>;
  /** Returns undefined if the process is gone. */
  details(pid: number): Promise<ProcessDetails | undefined>;
  /** Returns the TCP ports on which any of the processes listens, ascending. */
  listeningPorts(pids: readonly number[]): Promise<number[]>;
  /** Returns the processes that listen on a TCP port, as far as this user may see them. Systems that do not show it omit this. */
  listenersOn?(port: number): Promise<PortListener[]>;
  /** Returns how these processes wait for the input of their job. Systems that do not show it omit this. */
  inputReader?(processes: readonly ProcessInfo[], input: InputFile): Promise<InputReader>;
  /** Returns those of these processes that ignore SIGTERM. Systems that do not show it omit this. */
  ignoringTermination?(processes: readonly ProcessInfo[]): Promise<ProcessInfo[]>;
  /**
   * Returns the pids of a process and its descendants that a signal has stopped. It is much cheaper than list(). Systems
   * that do not show it omit this.
   */
  findStopped?(pid: number, started: string): Promise<number[]>;
  /**
   * Identifies the current boot of the system, since pids mean other processes after the next one. On Linux the
   * namespace of pids and the machine follow, separated by blanks.
   */
  bootId(): Promise<string>;
  /**
   * Sends a signal to processes. Those that are gone in the meantime, or belong to another user, are skipped.
   *
   * @param group a process group, all of which gets the signal if one of the processes is in it
   */
  send(processes: readonly ProcessInfo[], signal: NodeJS.Signals, group: number | undefined): void;
}

/**
 * Returns true if a boot id belongs to another machine that shares the storage folder (such as a home folder on NFS).
 * The processes there cannot be seen from here. False if one of the machines is unknown.
 */
export function isElsewhere(bootId: string | undefined, own: string): boolean {
  const machineOf = (id: string): string => id.split(' ')[2] ?? '';
  const machine = machineOf(bootId ?? '');
  return machine !== '' && machineOf(own) !== '' && machine !== machineOf(own);
}
