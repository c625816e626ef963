import type { ProcessInfo, ProcessTable } from './process-table.ts';

/** Signals the group as a whole, so that no member sees another one end first, and each process outside it. */
export const sendPosixSignal: ProcessTable['send'] = (processes, signal, group) => {
  const isInGroup = (each: ProcessInfo): boolean => each.group === group;
  if (group !== undefined && processes.some(isInGroup)) send(-group, signal);
  for (const each of processes) if (!isInGroup(each)) send(each.pid, signal);
};

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It exited in the meantime, or belongs to another user. The next look shows which.
  }
}
