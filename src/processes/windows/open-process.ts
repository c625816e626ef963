import { closeHandle, type Handle, isValid, koffi, once } from './native-module.ts';
import { TICKS_PER_MS } from './system-snapshot.ts';

/** PROCESS_QUERY_LIMITED_INFORMATION */
const QUERY_ACCESS = 0x1000;
/** PROCESS_TERMINATE */
const TERMINATE_ACCESS = 0x1;
/** Exit code of a process that is ended by us, as with taskkill. */
export const TERMINATED_EXIT_CODE = 1;

interface Calls {
  openProcess(access: number, inherit: number, pid: number): Handle;
  times(process: Handle, created: Buffer, exited: Buffer, kernel: Buffer, user: Buffer): number;
  memory(process: Handle, counters: Buffer, size: number): number;
  terminate(process: Handle, exitCode: number): number;
}

const calls = once((): Calls => {
  const kernel32 = koffi().load('kernel32.dll');
  return {
    openProcess: kernel32.func('intptr OpenProcess(uint32, int, uint32)'),
    times: kernel32.func(
      'int GetProcessTimes(intptr, _Out_ void *, _Out_ void *, _Out_ void *, _Out_ void *)',
    ),
    memory: kernel32.func('int K32GetProcessMemoryInfo(intptr, _Inout_ void *, uint32)'),
    terminate: kernel32.func('int TerminateProcess(intptr, uint32)'),
  };
});

export interface ProcessUsage {
  readonly started: string;
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

/** Returns undefined if the process is gone, or is a system process that may not be asked. */
export function usageOf(pid: number): ProcessUsage | undefined {
  return withProcess(pid, QUERY_ACCESS, (process) => {
    const times = timesOf(process);
    if (times === undefined) return undefined;
    return { started: times.started, cpuMs: times.cpuMs, memoryBytes: memoryOf(process) };
  });
}

/**
 * Ends a process at once.
 *
 * @param started see `ProcessInfo`. A later process with the same pid is left alone.
 */
export function terminate(pid: number, started: string): void {
  withProcess(pid, QUERY_ACCESS | TERMINATE_ACCESS, (process) => {
    // While the handle is open, the pid is not given to another process.
    if (timesOf(process)?.started === started) calls().terminate(process, TERMINATED_EXIT_CODE);
  });
}

/** Returns when the process was created. @throws Error if the handle is not one of a process */
export function startOf(process: Handle): string {
  const times = timesOf(process);
  if (times === undefined) throw new Error('The start time of a process cannot be read.');
  return times.started;
}

function withProcess<T>(pid: number, access: number, action: (process: Handle) => T): T | undefined {
  const process = calls().openProcess(access, 0, pid);
  if (!isValid(process)) return undefined;
  try {
    return action(process);
  } finally {
    closeHandle(process);
  }
}

function timesOf(process: Handle): { readonly started: string; readonly cpuMs: number } | undefined {
  const [created, exited, kernel, user] = Array.from({ length: 4 }, () => Buffer.alloc(8)) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  if (calls().times(process, created, exited, kernel, user) === 0) return undefined;
  return {
    started: created.readBigInt64LE().toString(),
    cpuMs: Number((kernel.readBigInt64LE() + user.readBigInt64LE()) / TICKS_PER_MS),
  };
}

/** PROCESS_MEMORY_COUNTERS: its own size first, and WorkingSetSize at 16. */
function memoryOf(process: Handle): number {
  const counters = Buffer.alloc(72);
  counters.writeUInt32LE(counters.length, 0);
  return calls().memory(process, counters, counters.length) === 0 ? 0 : Number(counters.readBigUInt64LE(16));
}
