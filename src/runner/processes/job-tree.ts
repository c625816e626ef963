import { COOKIE } from '../records.ts';
import type { ProcessInfo, ProcessTable } from './process-table.ts';

/** What identifies the processes of a job. */
export interface TreeRoot {
  /** The job's id, which its descendants carry in their environment. */
  readonly id: string;
  /** Its shell, which led its own process group; the process itself may be gone. */
  readonly pid: number;
  /** Start of the shell, in the form of `ProcessInfo.started`. */
  readonly started: string;
}

/**
 * The living processes of a job: its process group, descendants by parent chain, and whatever carries its
 * cookie, which finds those that left the group (setsid, double fork). Not found: a process of another user, or
 * one that cleared its environment and left group and parent as well.
 */
export async function jobTree(table: ProcessTable, root: TreeRoot): Promise<ProcessInfo[]> {
  const all = (await table.list()).filter(({ pid }) => pid !== process.pid);
  const leader = all.find(({ pid }) => pid === root.pid);
  // A reused pid: the group and the children of that process are not ours. (While a process group has
  // members, its id is not given to a new process: POSIX, fork().)
  const isReused = leader !== undefined && leader.started !== root.started;
  const members = new Map<number, ProcessInfo>();
  if (!isReused) {
    for (const each of all) {
      if (each.pid === root.pid || (each.group === root.pid && each.group > 0)) members.set(each.pid, each);
    }
  }
  const others = all.filter(({ pid }) => !members.has(pid));
  for (const each of await table.withVariable(others, `${COOKIE}=${root.id}`)) members.set(each.pid, each);
  for (let before = -1; before < members.size;) {
    before = members.size;
    for (const each of all)
      if (members.has(each.parent) && each.pid !== root.pid) members.set(each.pid, each);
  }
  return [...members.values()];
}
