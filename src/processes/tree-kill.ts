import type { ProcessInfo, ProcessTable } from './process-table.ts';
import { isInSession, jobTree, type TreeRoot } from './process-tree.ts';
import { type KillOptions, type KillOutcome, type KillTarget, killTarget } from './target-kill.ts';

export interface KillTreeOptions extends KillOptions {
  /** Ends only processes that are still in the session of the job. */
  readonly onlySession?: boolean;
  /** Whether to hang up the terminal of the job, since interactive shells ignore SIGTERM. */
  readonly hangsUp?: boolean;
}

/** How long, and at what interval, the process table is read again if it cannot be read. */
const READ_TIMEOUT_MS = 2000;
const READ_INTERVAL_MS = 100;

/** Pause before the terminal is hung up again. */
const HANG_UP_INTERVAL_MS = 1000;

/**
 * Ends all processes of a job: sends the signal, waits for the grace, then stops and kills the remaining ones. They are
 * stopped first so that a tree that keeps forking cannot outrun the kill.
 *
 * @throws the error of the process table if it cannot be read for some time: then nothing is known
 */
export async function killTree(
  table: ProcessTable,
  root: TreeRoot,
  { onlySession = false, hangsUp = false, ...options }: KillTreeOptions,
): Promise<KillOutcome> {
  const followed = table.following?.(root) ?? table;
  let hangUp: ReturnType<typeof prepareHangUp> | undefined;
  const target: KillTarget = {
    async find(known) {
      const tree = await readPatiently(() => jobTree(followed, root, known));
      return onlySession ? tree.filter((each) => isInSession(each, root)) : tree;
    },
    signal(processes, signal) {
      table.send(processes, signal, root.pid);
      // A stopped process does not handle a signal until it continues.
      if (signal !== 'SIGKILL') table.send(processes, 'SIGCONT', root.pid);
      if (hangsUp) hangUp = prepareHangUp(table, root, options.graceMs);
      return true;
    },
    remind: async (processes) => hangUp?.(processes),
    kill: (look) => stopAndKill(table, look, root),
  };
  return killTarget(target, options);
}

/**
 * Returns a function that sends SIGHUP, as a terminal does that is closed. An interactive shell passes it on to its
 * commands. So it is sent when only processes are left that ignore SIGTERM, or after half of the grace where the system
 * does not show that. It is sent again, since bash does not act on one that arrives right before it waits for a line.
 */
function prepareHangUp(table: ProcessTable, root: TreeRoot, graceMs: number) {
  const half = performance.now() + graceMs / 2;
  let next = 0;
  return async (left: readonly ProcessInfo[]): Promise<void> => {
    if (performance.now() < next || left.length === 0) return;
    const ignoring = await table.ignoringTermination?.(left);
    if (ignoring === undefined ? performance.now() < half : ignoring.length < left.length) return;
    next = performance.now() + HANG_UP_INTERVAL_MS;
    table.send(left, 'SIGHUP', root.pid);
  };
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

async function stopAndKill(
  table: ProcessTable,
  look: () => Promise<ProcessInfo[]>,
  root: TreeRoot,
): Promise<ProcessInfo[]> {
  const stopped = new Map<number, ProcessInfo>();
  try {
    for (;;) {
      const running = (await look()).filter(({ pid }) => !stopped.has(pid));
      if (running.length === 0) break;
      table.send(running, 'SIGSTOP', root.pid);
      for (const each of running) stopped.set(each.pid, each);
    }
    const left = await look();
    table.send(left, 'SIGKILL', root.pid);
    return left;
  } catch (error) {
    // The kill fails. A stopped process could not shut down, and would stay until someone continues it.
    table.send([...stopped.values()], 'SIGCONT', root.pid);
    throw error;
  }
}
