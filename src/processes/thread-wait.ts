import { closeSync, openSync, readSync } from 'node:fs';

/** What a thread waits for. */
export type ThreadWait =
  /** Input from one of these files. `isEndless`: without a timeout. */
  | { readonly for: 'files'; readonly fds: readonly number[]; readonly isEndless: boolean }
  /** Input from the files of an epoll instance. */
  | { readonly for: 'epoll'; readonly fd: number; readonly isEndless: boolean }
  /** Other threads, child processes or signals. */
  | { readonly for: 'own' }
  /** Something else, or it runs. */
  | { readonly for: 'other' };

type Call = 'read' | 'poll' | 'ppoll' | 'select' | 'pselect' | 'epoll' | 'epoll-timespec' | 'own';

/** Numbers of system calls that wait, in the kernel's tables for each architecture. */
const CALLS: Readonly<Record<string, ReadonlyMap<number, Call>>> = {
  x64: callTable({
    read: [0, 19],
    poll: [7],
    ppoll: [271],
    select: [23],
    pselect: [270],
    epoll: [232, 281],
    'epoll-timespec': [441],
    // futex, wait4, waitid, pause, rt_sigtimedwait, rt_sigsuspend
    own: [202, 61, 247, 34, 128, 130],
  }),
  arm64: callTable({
    read: [63, 65],
    ppoll: [73],
    pselect: [72],
    epoll: [22],
    'epoll-timespec': [441],
    own: [98, 260, 95, 137, 133],
  }),
};

const OTHER: ThreadWait = { for: 'other' };
/** Largest set of files that is looked at. */
const MAX_FILES = 1024;
const POLLIN = 1;

function callTable(table: Partial<Record<Call, readonly number[]>>): ReadonlyMap<number, Call> {
  const entries = Object.entries(table) as [Call, readonly number[]][];
  return new Map(entries.flatMap(([call, numbers]) => numbers.map((each) => [each, call] as const)));
}

/**
 * Returns what a thread waits for.
 *
 * @param text content of `/proc/<pid>/syscall` (proc_pid_syscall(5)): the number and six arguments of the call, or
 *   `running`
 * @param readMemory reads memory of the process. Undefined if that is not allowed.
 */
export function threadWait(
  text: string,
  readMemory: (address: bigint, length: number) => Buffer | undefined,
  architecture: string = process.arch,
): ThreadWait {
  const fields = text.trim().split(' ');
  const call = CALLS[architecture]?.get(Number(fields[0]));
  const argument = (at: number): bigint => BigInt(fields[at + 1] ?? '0');
  const int = (at: number): number => Number(BigInt.asIntN(32, argument(at)));
  switch (call) {
    case undefined:
      return OTHER;
    case 'own':
      return { for: 'own' };
    case 'read':
      return { for: 'files', fds: [int(0)], isEndless: true };
    case 'epoll':
      return { for: 'epoll', fd: int(0), isEndless: int(3) < 0 };
    case 'epoll-timespec':
      return { for: 'epoll', fd: int(0), isEndless: argument(3) === 0n };
    case 'poll':
    case 'ppoll': {
      const isEndless = call === 'poll' ? int(2) < 0 : argument(2) === 0n;
      return ofFiles(polledFiles(argument(0), int(1), readMemory), isEndless);
    }
    case 'select':
    case 'pselect':
      return ofFiles(selectedFiles(argument(1), int(0), readMemory), argument(4) === 0n);
  }
}

function ofFiles(fds: readonly number[] | undefined, isEndless: boolean): ThreadWait {
  return fds === undefined ? OTHER : { for: 'files', fds, isEndless };
}

type ReadMemory = Parameters<typeof threadWait>[1];

/** Reads an array of struct pollfd (poll(2)). */
function polledFiles(address: bigint, count: number, readMemory: ReadMemory): number[] | undefined {
  if (count < 0 || count > MAX_FILES) return undefined;
  const memory = readMemory(address, count * 8);
  if (memory === undefined) return undefined;
  return Array.from({ length: count }, (_, at) => at * 8).flatMap((at) => {
    const fd = memory.readInt32LE(at);
    return fd >= 0 && (memory.readInt16LE(at + 4) & POLLIN) !== 0 ? [fd] : [];
  });
}

/** Reads the set of files to read from (select(2)). */
function selectedFiles(address: bigint, count: number, readMemory: ReadMemory): number[] | undefined {
  if (count < 0 || count > MAX_FILES) return undefined;
  if (address === 0n) return [];
  const memory = readMemory(address, Math.ceil(count / 8));
  if (memory === undefined) return undefined;
  return Array.from({ length: count }, (_, fd) => fd).filter((fd) => {
    return ((memory[fd >> 3] ?? 0) & (1 << (fd & 7))) !== 0;
  });
}

/** Reads memory of a process, as its debugger may. Returns undefined if that is not allowed, or the process is gone. */
export function readProcessMemory(pid: number, address: bigint, length: number): Buffer | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(`/proc/${pid}/mem`, 'r');
    const memory = Buffer.alloc(length);
    return readSync(fd, memory, 0, length, address) === length ? memory : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
