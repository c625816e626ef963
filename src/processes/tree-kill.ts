import { execFile } from 'node:child_process';
import { jobTree, type TreeRoot } from './process-tree.ts';
import type { ProcessInfo, ProcessTable } from './process-table.ts';

export interface KillTreeOptions {
  /** First signal, such as SIGTERM. */
  readonly signal: NodeJS.Signals;
  /** ms until what is left is killed. */
  readonly graceMs: number;
  /** Settles when the shell has ended: reason to look again before the next turn. */
  readonly exited: Promise<unknown>;
}

/** How long (ms), and at what pauses (ms), the process table is asked again when it cannot be read. */
const LOOK_PATIENCE = 2000;
const LOOK_PAUSE = 100;
/** How long (ms) SIGKILL may take to be carried out: a process in an uninterruptible sleep dies later. */
const KILL_PATIENCE = 2000;
/** Looks that it takes at least to call somebody a survivor: on a slow system the time may be up with the first. */
const LOOKS_AFTER_KILL = 3;
/** First and longest pause (ms) between two looks at the process table. */
const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 100;

/**
 * Ends all processes of a job and says so only when it is true: the signal, a grace, then SIGKILL to whoever is
 * left, who is stopped first so that a tree that keeps forking cannot outrun us.
 *
 * @returns how many processes it found, and those that live on
 * @throws what the process table throws when it cannot be read for some time: then nothing is known
 */
export async function killTree(
  table: ProcessTable,
  root: TreeRoot,
  options: KillTreeOptions,
): Promise<{ found: number; survivors: ProcessInfo[] }> {
  const found = new Map<string, ProcessInfo>();
  const look = async (): Promise<ProcessInfo[]> => {
    const members = await persist(() => jobTree(table, root, [...found.values()]));
    for (const each of members) found.set(`${each.pid} ${each.started}`, each);
    return members;
  };
  let left = await look();
  if (left.length > 0) {
    sendToTree(left, root, options.signal);
    // A stopped process takes a signal only when it goes on.
    if (options.signal !== 'SIGKILL') sendToTree(left, root, 'SIGCONT');
    left = await watchEnd(look, options.graceMs, options.exited);
  }
  if (left.length > 0) {
    const exited = Promise.resolve();
    left = await watchEnd(() => stopAndKill(look, root), KILL_PATIENCE, exited, LOOKS_AFTER_KILL);
  }
  return { found: found.size, survivors: left };
}

/**
 * Looks again, at growing intervals, until nothing is left or the time (ms) is up. It takes two looks to say so: a
 * process that was forked during the first, by one that ended meanwhile, is seen by the second.
 */
async function watchEnd(
  look: () => Promise<ProcessInfo[]>,
  patienceMs: number,
  exited: Promise<unknown>,
  minLooks = 1,
): Promise<ProcessInfo[]> {
  const deadline = performance.now() + patienceMs;
  let wake: Promise<unknown> | undefined = exited;
  let wasEmpty = false;
  for (let pause = FIRST_PAUSE, looks = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE), looks++) {
    const delay = new Promise<'time'>((resolve) => setTimeout(resolve, pause, 'time'));
    const woken = await Promise.race(wake === undefined ? [delay] : [delay, wake]);
    if (woken !== 'time') wake = undefined;
    const left = await look();
    const isEmpty = left.length === 0;
    const isTimeUp = looks >= minLooks && performance.now() >= deadline;
    if ((isEmpty && wasEmpty) || isTimeUp) return left;
    // Soon, whatever the pauses have grown to.
    if (isEmpty) pause = FIRST_PAUSE / 2;
    wasEmpty = isEmpty;
  }
}

/** There may be no process for ps(1), or no descriptor, just now. */
async function persist<T>(look: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + LOOK_PATIENCE;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_PAUSE));
    }
  }
}

async function stopAndKill(look: () => Promise<ProcessInfo[]>, root: TreeRoot): Promise<ProcessInfo[]> {
  const stopped = new Set<number>();
  for (;;) {
    const running = (await look()).filter(({ pid }) => !stopped.has(pid));
    if (running.length === 0) break;
    sendToTree(running, root, 'SIGSTOP');
    for (const { pid } of running) stopped.add(pid);
  }
  const left = await look();
  sendToTree(left, root, 'SIGKILL');
  return left;
}

/** To the group at once, so that no member sees the end of another first, and to each that left the group. */
function sendToTree(members: readonly ProcessInfo[], root: TreeRoot, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') taskkill(members, signal === 'SIGKILL');
    return;
  }
  const { pid: leader } = root;
  const isInGroup = ({ group }: ProcessInfo): boolean => group === leader;
  if (leader !== undefined && members.some(isInGroup)) send(-leader, signal);
  for (const member of members) if (!isInGroup(member)) send(member.pid, signal);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone in the meantime, or not ours to signal: the next look tells.
  }
}

/** `/T` ends the children too. Without `/F` only programs with a window listen. */
function taskkill(members: readonly ProcessInfo[], force: boolean): void {
  const pids = members.flatMap(({ pid }) => ['/PID', String(pid)]);
  execFile('taskkill', [...pids, '/T', ...(force ? ['/F'] : [])], { windowsHide: true }, () => undefined);
}
