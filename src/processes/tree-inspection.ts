import type { ProcessDetails, ProcessInfo, ProcessTable } from './process-table.ts';
import { jobTree, type TreeRoot } from './process-tree.ts';

export interface NamedProcess {
  readonly pid: number;
  readonly command: string;
}

interface ProcessUsage extends NamedProcess, ProcessDetails {
  /** Missing in what runners of earlier versions send. */
  readonly parent?: number;
  /** Whether a signal has stopped it. */
  readonly isStopped: boolean;
}

/** The living processes of a job. */
export interface TreeUsage {
  readonly processes: readonly ProcessUsage[];
  /** TCP ports on which they listen. */
  readonly ports: readonly number[];
}

export async function inspectTree(table: ProcessTable, root: TreeRoot): Promise<TreeUsage> {
  return inspectProcesses(table, await jobTree(table, root));
}

export async function inspectProcesses(
  table: ProcessTable,
  members: readonly ProcessInfo[],
): Promise<TreeUsage> {
  // Before the details, because a process can pass a port on to a child that is not in the list.
  const ports = await table.listeningPorts(members.map(({ pid }) => pid));
  const processes = members.map(async ({ pid, parent, isStopped }) => {
    const { command = '', cpuMs = 0, memoryBytes = 0 } = (await table.details(pid)) ?? {};
    return { pid, parent, command, cpuMs, memoryBytes, isStopped };
  });
  return { processes: await Promise.all(processes), ports };
}

/** Adds the command lines of processes that could not be ended. */
export function nameProcesses(
  table: ProcessTable,
  processes: readonly ProcessInfo[],
): Promise<NamedProcess[]> {
  return Promise.all(
    processes.map(async ({ pid }) => ({ pid, command: (await table.details(pid))?.command ?? '' })),
  );
}
