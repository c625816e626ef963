import { COOKIE } from '../job-cookie.ts';
import type { ProcessInfo, ProcessTable } from '../process-table.ts';
import { listeningPorts } from './listening-ports.ts';
import { terminate, usageOf } from './open-process.ts';
import { readParameters, variableIn } from './process-memory.ts';
import { snapshot, type SnapshotProcess } from './system-snapshot.ts';

/** The program behind each console. Windows starts it, not the job. */
const CONSOLE_HOST = 'conhost.exe';

/** Windows: calls the functions that its own Task Manager uses. There are no process groups. */
export const table: ProcessTable = {
  async list(ancestor) {
    const since = BigInt(ancestor?.started === '' ? 0 : (ancestor?.started ?? 0));
    return snapshot()
      .filter((each) => BigInt(each.started) >= since && !isConsoleHost(each))
      .map(toInfo);
  },
  async readTags(processes) {
    return new Map(
      processes.flatMap(({ pid }) => {
        const parameters = readParameters(pid);
        return parameters === undefined
          ? []
          : [[pid, { cookie: variableIn(parameters.environment, COOKIE) }] as const];
      }),
    );
  },
  async find(pid) {
    const found = snapshot().find((each) => each.pid === pid);
    return found && toInfo(found);
  },
  async details(pid) {
    const usage = usageOf(pid) ?? snapshot().find((each) => each.pid === pid);
    if (usage === undefined) return undefined;
    const command = readParameters(pid)?.commandLine ?? '';
    return { command, cpuMs: usage.cpuMs, memoryBytes: usage.memoryBytes };
  },
  async listeningPorts(pids) {
    return pids.length === 0 ? [] : listeningPorts(pids);
  },
  async bootId() {
    // The time of the boot changes when the clock is set. Start times are exact to 100 ns, so they suffice.
    return 'windows';
  },
  send(processes, signal) {
    // There is no signal that stops a process, or asks it to exit. Ctrl+C needs the console of the process.
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
    for (const { pid, started } of processes) terminate(pid, started);
  },
};

/** Returns the members of a job among all processes, by their pids. */
export function infosOf(pids: readonly number[]): ProcessInfo[] {
  const wanted = new Set(pids);
  return snapshot()
    .filter((each) => wanted.has(each.pid) && !isConsoleHost(each))
    .map(toInfo);
}

function isConsoleHost({ name }: SnapshotProcess): boolean {
  return name.toLowerCase() === CONSOLE_HOST;
}

function toInfo({ pid, parent, started }: SnapshotProcess): ProcessInfo {
  return { pid, parent, group: 0, session: 0, started, isStopped: false };
}
