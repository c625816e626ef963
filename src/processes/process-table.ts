export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** Process group; 0 where the system has none. */
  readonly group: number;
  /** Tells a process from a later one with the same pid. */
  readonly started: string;
}

export interface ProcessDetails {
  /** Command line, arguments joined by blanks. */
  readonly command: string;
  /** CPU time used so far, ms. */
  readonly cpuMs: number;
  /** Resident memory, bytes. */
  readonly memoryBytes: number;
}

/**
 * What an operating system tells of its processes. Zombies are left out: they have ended. All of it throws when
 * the system cannot be asked, as for want of a descriptor or a process: then nothing is known.
 */
export interface ProcessTable {
  list(): Promise<ProcessInfo[]>;
  /** Of the given processes, those whose environment holds `NAME=value`. What we may not see is left out. */
  withVariable(processes: readonly ProcessInfo[], assignment: string): Promise<ProcessInfo[]>;
  /** Undefined when it is gone. */
  find(pid: number): Promise<ProcessInfo | undefined>;
  details(pid: number): Promise<ProcessDetails | undefined>;
  /** TCP ports on which one of them listens, ascending. */
  listeningPorts(pids: readonly number[]): Promise<number[]>;
  /**
   * Identifies the run of the system, after a restart of which the pids mean other processes; on Linux with the
   * namespace of pids and the machine behind blanks.
   */
  bootId(): Promise<string>;
}

/**
 * Whether a boot id belongs to another machine, with which a storage folder is shared (a home on NFS): nobody here can know
 * what lives there. False when a machine is not known.
 */
export function isElsewhere(bootId: string | undefined, own: string): boolean {
  const machineOf = (id: string): string => id.split(' ')[2] ?? '';
  const machine = machineOf(bootId ?? '');
  return machine !== '' && machineOf(own) !== '' && machine !== machineOf(own);
}
