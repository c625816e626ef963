import { COOKIE } from './job-cookie.ts';
import type { ProcessInfo, ProcessTable } from './process-table.ts';

/** What identifies the processes of a job. */
export interface TreeRoot {
  /** The job's id, which its descendants carry in their environment. */
  readonly id: string;
  /**
   * Its shell, which led its own process group; the process itself may be gone. Undefined when it was never
   * written down, as by a runner that died while it started the job.
   */
  readonly pid: number | undefined;
  /** Start of the shell, in the form of `ProcessInfo.started`. */
  readonly started: string;
}

/**
 * The living processes of a job: its process group, descendants by parent chain, and whatever carries its
 * cookie, which finds those that left the group (setsid, double fork). Not found: a process of another user, or
 * one that cleared its environment and left group and parent as well.
 *
 * @param known members of an earlier look: they stay members while they live. It matters to a process in the
 *   middle of execve(2), which has no environment for that moment, and may just have lost its parent.
 */
export async function jobTree(
  table: ProcessTable,
  root: TreeRoot,
  known: readonly ProcessInfo[] = [],
): Promise<ProcessInfo[]> {
  const all = (await table.list()).filter(({ pid }) => pid !== process.pid);
  const starts = new Map(known.map(({ pid, started }) => [pid, started]));
  const isKnown = ({ pid, started }: ProcessInfo): boolean =>
    starts.get(pid) === started || (pid === root.pid && started === root.started);
  const carriers = await table.withVariable(all, `${COOKIE}=${root.id}`);
  const members = new Map([...all.filter(isKnown), ...carriers].map((each) => [each.pid, each]));
  // While a process group has members, its id is not given to a new process (POSIX, fork()). So a group with one
  // of ours in it is ours, and any other of that number may be a stranger's, whose pid was the shell's before.
  if (root.pid !== undefined && [...members.values()].some(({ group }) => group === root.pid)) {
    for (const each of all) if (each.group === root.pid) members.set(each.pid, each);
  }
  for (let before = -1; before < members.size;) {
    before = members.size;
    for (const each of all) if (members.has(each.parent)) members.set(each.pid, each);
  }
  return [...members.values()];
}
