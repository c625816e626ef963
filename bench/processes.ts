/** Processes as /proc shows them (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  pid: number;
  parent: number;
  /** Clock ticks since boot. With the pid, it identifies a process forever. */
  startTime: number;
  argv: string[];
}

/** A file of /proc/PID, or undefined if the process is gone or not readable. */
function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/${name}`, 'latin1');
  } catch {
    return undefined;
  }
}

function readProcess(pid: number): ProcessInfo | undefined {
  const stat = readProcFile(pid, 'stat');
  const commandLine = readProcFile(pid, 'cmdline');
  if (stat === undefined || commandLine === undefined) return undefined;
  // The second field is the name in parentheses, which may itself contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z') return undefined;
  return {
    pid,
    parent: Number(fields[1]),
    startTime: Number(fields[19]),
    argv: commandLine.split('\0').slice(0, -1),
  };
}

export function isAlive(process: ProcessInfo): boolean {
  return readProcess(process.pid)?.startTime === process.startTime;
}

/** Sends SIGKILL, unless another process has the pid by now. */
export function killProcess(target: ProcessInfo): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * The processes that were started with the environment variable `marker` (`NAME=value`), in any session,
 * and all their descendants.
 */
export function findProcesses(marker: string): ProcessInfo[] {
  const all = new Map<number, ProcessInfo>();
  for (const entry of readdirSync('/proc')) {
    const info = /^\d+$/.test(entry) ? readProcess(Number(entry)) : undefined;
    if (info !== undefined && info.pid !== process.pid) all.set(info.pid, info);
  }
  const belongs = new Map<number, boolean>();
  const decide = (info: ProcessInfo): boolean => {
    const known = belongs.get(info.pid);
    if (known !== undefined) return known;
    const parent = all.get(info.parent);
    const decision =
      (parent !== undefined && decide(parent)) ||
      readProcFile(info.pid, 'environ')?.split('\0').includes(marker) === true;
    belongs.set(info.pid, decision);
    return decision;
  };
  return [...all.values()].filter(decide);
}

/**
 * Memory of a process in bytes: its proportional set size, or its resident set size if the kernel does not
 * allow reading it. 0 once the process is gone.
 */
export function memoryBytes(pid: number): number {
  const proportional = /^Pss:\s+(\d+) kB/m.exec(readProcFile(pid, 'smaps_rollup') ?? '');
  const resident = proportional ?? /^VmRSS:\s+(\d+) kB/m.exec(readProcFile(pid, 'status') ?? '');
  return Number(resident?.[1] ?? 0) * 1024;
}

/** Usage of a process so far, over all its threads. */
export interface Usage {
  /** CPU time in ms. */
  readonly cpuMs: number;
  /** How often one of its threads got a processor after it had waited. */
  readonly wakeUps: number;
}

/** Sum over the living threads. Zeros once the process is gone. */
function usageOf(pid: number): Usage {
  let cpuMs = 0;
  let wakeUps = 0;
  for (const thread of threadsOf(pid)) {
    // Nanoseconds: the clock ticks in `stat` are too coarse for an idle process.
    cpuMs += Number(readProcFile(pid, `task/${thread}/schedstat`)?.split(' ')[0] ?? 0) / 1e6;
    const status = readProcFile(pid, `task/${thread}/status`) ?? '';
    wakeUps += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return { cpuMs, wakeUps };
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${String(pid)}/task`);
  } catch {
    return [];
  }
}

/** Usage of the processes between two samples. A process that started in between counts from its start. */
export class UsageMeter {
  readonly #list: () => ProcessInfo[];
  readonly #before: Map<number, Usage>;

  constructor(list: () => ProcessInfo[]) {
    this.#list = list;
    this.#before = new Map(list().map(({ pid }) => [pid, usageOf(pid)]));
  }

  /** Usage of each living process. */
  read(): Usage[] {
    return this.#list().map(({ pid }) => {
      const { cpuMs, wakeUps } = usageOf(pid);
      const before = this.#before.get(pid) ?? { cpuMs: 0, wakeUps: 0 };
      return { cpuMs: cpuMs - before.cpuMs, wakeUps: wakeUps - before.wakeUps };
    });
  }
}
