import { jobMark } from './job-mark.ts';
import type { InheritedTags, ProcessInfo, ProcessTable } from './process-table.ts';
import type { ProcessLister } from './shared-list.ts';

/** What identifies the processes of a job. */
export interface TreeRoot {
  /** The job's id, which its descendants carry in their environment. */
  readonly id: string;
  /**
   * The pid of its shell, which led its own session and process group. The shell itself may be gone. Undefined if the
   * pid was never recorded because the runner died while it started the job.
   */
  readonly pid: number | undefined;
  /** Start of the shell, in the form of `ProcessInfo.started`; empty if unknown. */
  readonly started: string;
  /** How long ago the shell started, in ms, if that is known. It makes a look at a young job cheaper. */
  readonly ageMs?: number;
}

/**
 * Returns the living processes of a job: those that carry its cookie or its mark, its session and process group, and
 * their descendants. Processes that opted out (see `hasOptedOut`) are omitted.
 *
 * Not found: a process without cookie and mark that left the session and lost its parent.
 *
 * @param known members found earlier. They remain members while they live: a process in the middle of execve(2) has no
 *   environment for a moment, and may just have lost its parent.
 */
export async function jobTree(
  table: ProcessLister,
  root: TreeRoot,
  known: readonly ProcessInfo[] = [],
): Promise<ProcessInfo[]> {
  const all = await table.list(root);
  return membersOf(root, all, await table.readTags(all), known);
}

/** Returns the living processes of each of several jobs. Reads the process table once. */
export async function jobTrees(
  table: ProcessTable,
  roots: readonly TreeRoot[],
): Promise<ReadonlyMap<string, ProcessInfo[]>> {
  const all = await table.list();
  const tags = await table.readTags(all);
  return new Map(roots.map((root) => [root.id, membersOf(root, all, tags, [])]));
}

/** Returns true if a process has stayed in the session of its job. Windows has no sessions. */
export function isInSession({ session }: ProcessInfo, root: TreeRoot): boolean {
  return session === 0 || session === root.pid;
}

function membersOf(
  root: TreeRoot,
  processes: readonly ProcessInfo[],
  tags: ReadonlyMap<number, InheritedTags>,
  known: readonly ProcessInfo[],
): ProcessInfo[] {
  const all = processes.filter((each) => {
    return each.pid !== process.pid && !hasOptedOut(each, root, tags.get(each.pid));
  });
  const starts = new Map(known.map(({ pid, started }) => [pid, started]));
  const mark = jobMark(root.id);
  const isTagged = (tag: InheritedTags | undefined): boolean =>
    tag?.cookie === root.id || (mark !== undefined && tag?.mark === mark);
  const isMember = ({ pid, started }: ProcessInfo): boolean =>
    starts.get(pid) === started || (pid === root.pid && started === root.started) || isTagged(tags.get(pid));
  const members = new Map(all.filter(isMember).map((each) => [each.pid, each]));
  // While a session or process group has members, its id is not given to a new process (POSIX, fork()). So one that
  // has a member of ours is ours. Any other of that number may be a stranger's that got the pid of the shell.
  for (const key of ['session', 'group'] as const) {
    if (root.pid === undefined || ![...members.values()].some((each) => each[key] === root.pid)) continue;
    for (const each of all) if (each[key] === root.pid) members.set(each.pid, each);
  }
  for (let before = -1; before < members.size;) {
    before = members.size;
    for (const each of all) {
      const parent = members.get(each.parent);
      if (parent !== undefined && !isOlder(each, parent)) members.set(each.pid, each);
    }
  }
  return [...members.values()];
}

/**
 * Returns true if a process started before another one. Then it cannot be its child: its parent has exited, and the other
 * one got the pid. That happens on Windows, where no process gets another parent. False if the times are not known.
 */
function isOlder(info: ProcessInfo, other: ProcessInfo): boolean {
  const isNumber = (text: string): boolean => /^\d+$/.test(text);
  if (isNumber(info.started) && isNumber(other.started)) return BigInt(info.started) < BigInt(other.started);
  // The form of ps(1), in UTC. An unknown time is NaN, which is not less than any number.
  return Date.parse(`${info.started} UTC`) < Date.parse(`${other.started} UTC`);
}

/**
 * Returns true for a process that shall outlive its job: its cookie is empty, and it has left the session. That is how
 * a browser that a dev server opens can be kept: `BACKGROUND_JOBS_JOB_ID= npm run dev`.
 */
function hasOptedOut(info: ProcessInfo, root: TreeRoot, tags: InheritedTags | undefined): boolean {
  return tags?.cookie === '' && !isInSession(info, root);
}
