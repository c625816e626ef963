import { createHash } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { isOutOfDescriptors, withDescriptor } from '../base/descriptor-reserve.ts';
import { findInputReader } from './input-reader.ts';
import { readTags } from './linux-tags.ts';
import { type ListeningSocket, parseListening } from './listening-sockets.ts';
import { socketId } from './port-sockets.ts';
import { sendPosixSignal } from './posix-signals.ts';
import { readOrEmpty, statFields } from './proc-files.ts';
import type { Ancestor, ProcessDetails, ProcessInfo, ProcessTable } from './process-table.ts';
import { RepeatedList } from './repeated-list.ts';

/** Ticks of the CPU counters in a second: USER_HZ, fixed at 100 for user space (proc_pid_stat(5)). */
const TICKS_PER_SECOND = 100;

/**
 * Pids are given out in ascending order. If a job is younger than this and so few pids were given out since it
 * started, these pids are all that its processes can have. So a look at a short job need not read all processes.
 */
const YOUNG_MS = 500;
const MAX_RECENT_PIDS = 100;
/** How many descendants a look at children finds. */
const MAX_DESCENDANTS = 200;

/** Reads /proc, as proc(5) describes it. It reads synchronously: the kernel makes each file when it is read. */
export const linux: ProcessTable = {
  async list(ancestor) {
    const started = Number(ancestor?.started ?? '');
    const found = (recentPids(ancestor) ?? pids()).flatMap((pid) => readStat(pid) ?? []);
    return found.filter((each) => Number(each.started) >= started);
  },
  following(ancestor) {
    const list = new RepeatedList(Number(ancestor.started), { pids, lastPid, read: readProcess });
    return { ...linux, list: async () => list.read() };
  },
  readTags(processes) {
    return readTags(processes.map(({ pid }) => pid));
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
  async listenersOn(port) {
    const inodes = new Set(
      listeningSockets('self').flatMap((each) => (each.port === port ? each.inode : [])),
    );
    if (inodes.size === 0) return [];
    return pids().flatMap((pid) => {
      const own = socketInodes(pid).filter((inode) => inodes.has(inode));
      const process = own.length === 0 ? undefined : readStat(pid);
      return process === undefined ? [] : { process, sockets: own.map((inode) => socketId(port, inode)) };
    });
  },
  async inputReader(processes, input) {
    return withDescriptor(() => {
      // Several looks share a list. Since it was read, a process may have stopped or exited, or a program that seems
      // to wait for nothing else may have started a child.
      const current = processes.flatMap(({ pid, started }) => {
        const now = readStat(pid);
        return now?.started === started ? [now] : [];
      });
      const reader = findInputReader(current, input);
      return reader === 'only' || reader === 'timed' ? findInputReader(withChildren(current), input) : reader;
    });
  },
  async ignoringTermination(processes) {
    return processes.filter(({ pid }) => ignoresTermination(pid));
  },
  async findStopped(pid, started) {
    return readStat(pid)?.started === started ? findStopped(pid) : [];
  },
  async bootId() {
    return `${readOrEmpty('/proc/sys/kernel/random/boot_id').trim()} ${pidNamespace()} ${machine()}`;
  },
  send: sendPosixSignal,
};

/** In another namespace, such as that of a container, pids mean other processes (pid_namespaces(7)). */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // Without /proc, as in some sandboxes, there is no such id.
    return '';
  }
}

/** Hashes the machine's id, which must not be exposed as it is (machine-id(5)). */
function machine(): string {
  const id = readOrEmpty('/etc/machine-id').trim();
  return id === '' ? '' : createHash('sha256').update(`background-jobs ${id}`).digest('hex').slice(0, 16);
}

function pids(): number[] {
  return withDescriptor(() => readdirSync('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Returns the pids that were given out since a young ancestor started, or undefined if they are not known. */
function recentPids(ancestor: Ancestor | undefined): number[] | undefined {
  const { pid: first, ageMs = Infinity } = ancestor ?? {};
  if (first === undefined || ageMs > YOUNG_MS) return undefined;
  const last = lastPid() ?? 0;
  const count = last - first + 1;
  if (!(count > 0 && count <= MAX_RECENT_PIDS)) return undefined;
  // Threads take numbers as well, but are not listed.
  return pids().filter((pid) => pid >= first && pid <= last);
}

/** Returns the number that a process or thread got last: the last field of proc_loadavg(5). */
function lastPid(): number | undefined {
  const last = Number(readOrEmpty('/proc/loadavg').trim().split(' ')[4]);
  return last > 0 ? last : undefined;
}

/** Returns undefined if the process is gone or dead. */
function readStat(pid: number): ProcessInfo | undefined {
  const info = readProcess(pid);
  return info === 'dead' ? undefined : info;
}

function readProcess(pid: number): ProcessInfo | 'dead' | undefined {
  const fields = statFields(pid);
  const [state, parent, group, session] = fields ?? [];
  const [threads, started] = [fields?.[17], fields?.[19]];
  if (state === undefined || started === undefined) return undefined;
  // While other threads of a zombie live, such as when it was killed just now, its files and ports are still open. If one of
  // them executes another program, the process lives on. Its number of threads is 0 for a moment then.
  if (state === 'X' || (state === 'Z' && threads === '0')) return undefined;
  if (state === 'Z' && threads === '1') return 'dead';
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    started,
    isStopped: state === 'T',
  };
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

/** Reads it from the status file, which has it in KiB for any page size. */
function residentBytes(pid: number): number | undefined {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`));
  return match ? Number(match[1]) * 1024 : undefined;
}

/** Reads SigIgn, a mask in which signal n is bit n - 1 (proc_pid_status(5)). */
function ignoresTermination(pid: number): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGTERM - 1)) & 1n) === 1n;
}

/** Adds the descendants that are missing in a list. */
function withChildren(processes: readonly ProcessInfo[]): ProcessInfo[] {
  const found = new Map(processes.map((each) => [each.pid, each]));
  // Children are added during the loop.
  for (const pid of found.keys()) {
    for (const child of childrenOf(pid)) {
      const now = found.has(child) || found.size >= MAX_DESCENDANTS ? undefined : readStat(child);
      if (now !== undefined) found.set(child, now);
    }
  }
  return [...found.values()];
}

/** Returns the pids of its children, or none with a kernel without CONFIG_PROC_CHILDREN (proc_tid_children(5)). */
function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) => {
    return (readOrEmpty(`/proc/${pid}/task/${thread}/children`).match(/\d+/g) ?? []).map(Number);
  });
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch (error) {
    if (isOutOfDescriptors(error)) throw error;
    return []; // It is gone.
  }
}

function findStopped(root: number): number[] {
  const pids = [root];
  const stopped: number[] = [];
  // Children are added during the loop.
  for (const pid of pids) {
    if (readStat(pid)?.isStopped === true) stopped.push(pid);
    if (pids.length < MAX_DESCENDANTS) pids.push(...childrenOf(pid));
  }
  return stopped;
}

function readListeningPorts(processes: readonly number[]): number[] {
  const owners = processes
    .map((pid) => ({ pid, inodes: socketInodes(pid) }))
    .filter(({ inodes }) => inodes.length > 0);
  if (owners[0] === undefined) return [];
  const sockets = new Set(owners.flatMap(({ inodes }) => inodes));
  // All processes in a network namespace see the same table, so one is enough. One that is about to exit sees none.
  const ports = listeningSockets(owners[0].pid).flatMap(({ port, inode }) =>
    sockets.has(inode) ? port : [],
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** Returns the TCP sockets that listen in the network namespace of a process (proc_pid_net(5)). */
function listeningSockets(pid: number | 'self'): ListeningSocket[] {
  return ['tcp', 'tcp6'].flatMap((name) => parseListening(readOrEmpty(`/proc/${pid}/net/${name}`)));
}

function socketInodes(pid: number): string[] {
  let names: string[];
  try {
    names = withDescriptor(() => readdirSync(`/proc/${pid}/fd`));
  } catch {
    // It is gone, or belongs to another user.
    return [];
  }
  return names.flatMap((name) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1] ?? [];
    } catch {
      // The descriptor was closed in the meantime.
      return [];
    }
  });
}
