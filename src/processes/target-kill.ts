import type { ProcessInfo } from './process-table.ts';

export interface KillOptions {
  /** First signal, such as SIGTERM. */
  readonly signal: NodeJS.Signals;
  /** ms until the remaining processes are killed. */
  readonly graceMs: number;
  /** Settles when the shell has exited, which is a reason to look again at once. */
  readonly exited: Promise<unknown>;
  /** Called before the first signal is sent. If it was not called, a kill that failed has changed nothing. */
  readonly onSignal?: () => void;
}

/** How a kill finds the processes of a job, and reaches them. */
export interface KillTarget {
  /** @param known processes that were found earlier @throws the error of the process table */
  find(known: readonly ProcessInfo[]): Promise<ProcessInfo[]>;
  /** Returns false if the signal cannot be sent: then there is nothing to wait for. */
  signal(processes: readonly ProcessInfo[], signal: NodeJS.Signals): boolean | Promise<boolean>;
  /** Called at each look during the grace, with the processes that are left. */
  remind?(processes: readonly ProcessInfo[]): Promise<void>;
  /** Kills all processes at once. @param look finds them again @returns those that it has found last */
  kill(look: () => Promise<ProcessInfo[]>): Promise<ProcessInfo[]>;
}

export interface KillOutcome {
  /** How many processes were found. */
  readonly found: number;
  /** Those that still live. */
  readonly survivors: ProcessInfo[];
}

/** How long SIGKILL may take: a process in an uninterruptible sleep dies later. */
const SIGKILL_TIMEOUT_MS = 2000;
/** Looks that it takes to call a process a survivor: on a slow system the first one may exceed the timeout. */
const MIN_LOOKS_AFTER_SIGKILL = 3;
/** First and longest pause between two looks at the process table. */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;

/** Ends processes: sends the signal, waits for the grace, then kills the remaining ones. @throws the error of `find()` */
export async function killTarget(
  target: KillTarget,
  { signal, graceMs, exited, onSignal }: KillOptions,
): Promise<KillOutcome> {
  const found = new Map<string, ProcessInfo>();
  const look = async (): Promise<ProcessInfo[]> => {
    const members = await target.find([...found.values()]);
    for (const each of members) found.set(`${each.pid} ${each.started}`, each);
    return members;
  };
  let left = await look();
  if (left.length > 0) {
    onSignal?.();
    const isSent = await target.signal(left, signal);
    const lookAndRemind = async (): Promise<ProcessInfo[]> => {
      const members = await look();
      await target.remind?.(members);
      return members;
    };
    left = await untilEmpty(lookAndRemind, isSent ? graceMs : 0, exited);
  }
  if (left.length > 0) {
    const lookAndKill = (): Promise<ProcessInfo[]> => target.kill(look);
    left = await untilEmpty(lookAndKill, SIGKILL_TIMEOUT_MS, Promise.resolve(), MIN_LOOKS_AFTER_SIGKILL);
  }
  return { found: found.size, survivors: left };
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
