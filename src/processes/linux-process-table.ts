import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isOutOfDescriptors, withDescriptor } from '../base/descriptor-reserve.ts';
import type { ProcessDetails, ProcessInfo, ProcessTable } from './process-table.ts';

/** Ticks of the CPU counters in a second: USER_HZ, fixed at 100 for user space (proc_pid_stat(5)). */
const TICKS_PER_SECOND = 100;

/** Reads /proc, as proc(5) describes it. Synchronous inside: each file is made by the kernel when it is read. */
export const linux: ProcessTable = {
  async list() {
    return pids().flatMap((pid) => readStat(pid) ?? []);
  },
  async withVariable(processes, assignment) {
    const wanted = `\0${assignment}\0`;
    return processes.filter(({ pid }) => `\0${readOrEmpty(`/proc/${pid}/environ`)}`.includes(wanted));
  },
  async find(pid) {
    return readStat(pid);
  },
  async details(pid) {
    return readDetails(pid);
  },
  async listeningPorts(processes) {
    return readListeningPorts(processes);
  },
  async bootId() {
    return `${readOrEmpty('/proc/sys/kernel/random/boot_id').trim()} ${pidNamespace()} ${machine()}`;
  },
};

/** In another namespace, as in a container with the same boot id, pids mean other processes (pid_namespaces(7)). */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** From an id that is not to be told as it is (machine-id(5)). */
function machine(): string {
  const id = readOrEmpty('/etc/machine-id').trim();
  return id === '' ? '' : createHash('sha256').update(`background-jobs ${id}`).digest('hex').slice(0, 16);
}

function pids(): number[] {
  return withDescriptor(() => readdirSync('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The fields behind the command name, which may itself hold blanks and parentheses: index 0 is field 3. */
function statFields(pid: number): string[] | undefined {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  if (text === '') return undefined;
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readStat(pid: number): ProcessInfo | undefined {
  const fields = statFields(pid);
  const [state, parent, group] = fields ?? [];
  const started = fields?.[19];
  if (state === undefined || started === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, parent: Number(parent), group: Number(group), started };
}

function readDetails(pid: number): ProcessDetails | undefined {
  const fields = statFields(pid);
  const [user, system, pages] = [fields?.[11], fields?.[12], fields?.[21]];
  if (user === undefined || system === undefined || pages === undefined) return undefined;
  return {
    command: readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
    cpuMs: ((Number(user) + Number(system)) * 1000) / TICKS_PER_SECOND,
    memoryBytes: residentBytes(pid) ?? 0,
  };
}

/** In KiB there, whatever the size of a page is. */
function residentBytes(pid: number): number | undefined {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`));
  return match ? Number(match[1]) * 1024 : undefined;
}

/** State of a listening socket in /proc/net/tcp (TCP_LISTEN of the kernel's tcp_states.h). */
const LISTEN = '0A';

function readListeningPorts(processes: readonly number[]): number[] {
  const sockets = new Set(processes.flatMap(socketInodes));
  const ports = new Set<number>();
  // All processes of one network namespace see the same table; one of them stands for all.
  const table = processes[0] === undefined ? '' : `/proc/${processes[0]}/net`;
  for (const line of `${readOrEmpty(`${table}/tcp`)}${readOrEmpty(`${table}/tcp6`)}`.split('\n')) {
    const fields = line.trim().split(/\s+/);
    const [, local, , state] = fields;
    const inode = fields[9];
    if (state !== LISTEN || local === undefined || inode === undefined || !sockets.has(inode)) continue;
    ports.add(parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
  }
  return [...ports].sort((a, b) => a - b);
}

function socketInodes(pid: number): string[] {
  let names: string[];
  try {
    names = withDescriptor(() => readdirSync(`/proc/${pid}/fd`));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}

/**
 * A process may end between any two looks at it, and those of others may be closed to us.
 *
 * @throws the system's error when we are out of descriptors: that a process cannot be seen does not mean it is gone
 */
function readOrEmpty(path: string): string {
  try {
    return withDescriptor(() => readFileSync(path, 'latin1'));
  } catch (error) {
    if (isOutOfDescriptors(error)) throw error;
    return '';
  }
}
