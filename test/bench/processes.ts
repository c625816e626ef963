/** Processes as /proc shows them (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  pid: number;
  parent: number;
  /** Clock ticks since boot: together with the pid it names a process for good. */
  startTime: number;
  argv: string[];
}

/** A file of /proc/PID, or undefined when the process is gone or not ours to read. */
function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/${name}`, 'latin1');
  } catch {
    return undefined;
  }
}

export function readProcess(pid: number): ProcessInfo | undefined {
  const stat = readProcFile(pid, 'stat');
  const commandLine = readProcFile(pid, 'cmdline');
  if (stat === undefined || commandLine === undefined) return undefined;
  // The second field is the name in parentheses and may contain anything, also spaces and parentheses.
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

/** Sends SIGKILL, unless the pid has passed to another process meanwhile. */
export function killProcess(target: ProcessInfo): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * The processes started with the environment variable `marker` (`NAME=value`), in whatever session they are,
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
 * Memory of a process in bytes: its proportional set size, or the resident set size where the kernel does not
 * let it be read. 0 once the process is gone.
 */
export function memoryBytes(pid: number): number {
  const proportional = /^Pss:\s+(\d+) kB/m.exec(readProcFile(pid, 'smaps_rollup') ?? '');
  const resident = proportional ?? /^VmRSS:\s+(\d+) kB/m.exec(readProcFile(pid, 'status') ?? '');
  return Number(resident?.[1] ?? 0) * 1024;
}
