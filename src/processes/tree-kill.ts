import { execFile } from 'node:child_process';
import type { ProcessInfo, ProcessTable } from './process-table.ts';
import { isInSession, jobTree, type TreeRoot } from './process-tree.ts';

export interface KillTreeOptions {
  /** First signal, such as SIGTERM. */
  readonly signal: NodeJS.Signals;
  /** ms until the remaining processes are killed. */
  readonly graceMs: number;
  /** Settles when the shell has exited, which is a reason to look again at once. */
  readonly exited: Promise<unknown>;
  /** Ends only processes that are still in the session of the job. */
  readonly onlySession?: boolean;
  /** Whether to hang up the terminal of the job, since interactive shells ignore SIGTERM. */
  readonly hangsUp?: boolean;
}

/** How long, and at what interval, the process table is read again if it cannot be read. */
const READ_TIMEOUT_MS = 2000;
const READ_INTERVAL_MS = 100;
/** How long SIGKILL may take: a process in an uninterruptible sleep dies later. */
const SIGKILL_TIMEOUT_MS = 2000;
/** Looks that it takes to call a process a survivor: on a slow system the first one may exceed the timeout. */
const MIN_LOOKS_AFTER_SIGKILL = 3;
/** First and longest pause between two looks at the process table. */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;

/**
 * Ends all processes of a job: sends the signal, waits for the grace, then stops and kills the remaining ones. They are
 * stopped first so that a tree that keeps forking cannot outrun the kill.
 *
 * @returns how many processes it found, and those that still live
 * @throws the error of the process table if it cannot be read for some time: then nothing is known
 */
export async function killTree(
  table: ProcessTable,
  root: TreeRoot,
  { signal, graceMs, exited, onlySession = false, hangsUp = false }: KillTreeOptions,
): Promise<{ found: number; survivors: ProcessInfo[] }> {
  const found = new Map<string, ProcessInfo>();
  const followed = table.following?.(root) ?? table;
  const look = async (): Promise<ProcessInfo[]> => {
    const tree = await readPatiently(() => jobTree(followed, root, [...found.values()]));
    const members = onlySession ? tree.filter((each) => isInSession(each, root)) : tree;
    for (const each of members) found.set(`${each.pid} ${each.started}`, each);
    return members;
  };
  let left = await look();
  if (left.length > 0) {
    sendToTree(left, root, signal);
    // A stopped process does not handle a signal until it continues.
    if (signal !== 'SIGKILL') sendToTree(left, root, 'SIGCONT');
    const hangUp = hangsUp ? prepareHangUp(table, root, graceMs) : undefined;
    const lookAndHangUp = async (): Promise<ProcessInfo[]> => {
      const members = await look();
      await hangUp?.(members);
      return members;
    };
    left = await untilEmpty(lookAndHangUp, graceMs, exited);
  }
  if (left.length > 0) {
    const lookAndKill = (): Promise<ProcessInfo[]> => stopAndKill(look, root);
    left = await untilEmpty(lookAndKill, SIGKILL_TIMEOUT_MS, Promise.resolve(), MIN_LOOKS_AFTER_SIGKILL);
  }
  return { found: found.size, survivors: left };
}

/**
 * Returns a function that sends SIGHUP once, as a terminal does that is closed. An interactive shell passes it on to its
 * commands. So it is sent when only processes are left that ignore SIGTERM, or after half of the grace where the system
 * does not show that.
 */
function prepareHangUp(table: ProcessTable, root: TreeRoot, graceMs: number) {
  const half = performance.now() + graceMs / 2;
  let isSent = false;
  return async (left: readonly ProcessInfo[]): Promise<void> => {
    if (isSent || left.length === 0) return;
    const ignoring = await table.ignoringTermination?.(left);
    if (ignoring === undefined ? performance.now() < half : ignoring.length < left.length) return;
    isSent = true;
    sendToTree(left, root, 'SIGHUP');
  };
}

/**
 * Looks again, at growing intervals, until no process is left or the time is up. An empty look must be confirmed by a
 * second one: the first may miss a process that was just forked by one that has exited since.
 */
async function untilEmpty(
  look: () => Promise<ProcessInfo[]>,
  timeoutMs: number,
  exited: Promise<unknown>,
  minLooks = 1,
): Promise<ProcessInfo[]> {
  const deadline = performance.now() + timeoutMs;
  let wake: Promise<unknown> | undefined = exited;
  let wasEmpty = false;
  for (let pause = FIRST_PAUSE_MS, looks = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS), looks++) {
    const delay = new Promise<'time'>((resolve) => setTimeout(resolve, pause, 'time'));
    const woken = await Promise.race(wake === undefined ? [delay] : [delay, wake]);
    if (woken !== 'time') wake = undefined;
    const left = await look();
    const isEmpty = left.length === 0;
    const isTimeUp = looks >= minLooks && performance.now() >= deadline;
    if ((isEmpty && wasEmpty) || isTimeUp) return left;
    // Confirm soon, even if the pauses have grown.
    if (isEmpty) pause = FIRST_PAUSE_MS / 2;
    wasEmpty = isEmpty;
  }
}

/** Retries for a while: there may be no free process for ps(1), or no free descriptor, at the moment. */
async function readPatiently<T>(read: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + READ_TIMEOUT_MS;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, READ_INTERVAL_MS));
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

/** Signals the group as a whole, so that no member sees another one end first, and each process outside it. */
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
    // It exited in the meantime, or belongs to another user. The next look shows which.
  }
}

/** `/T` also ends the children. Without `/F` only programs with a window react. */
function taskkill(members: readonly ProcessInfo[], force: boolean): void {
  const pids = members.flatMap(({ pid }) => ['/PID', String(pid)]);
  execFile('taskkill', [...pids, '/T', ...(force ? ['/F'] : [])], { windowsHide: true }, () => undefined);
}
