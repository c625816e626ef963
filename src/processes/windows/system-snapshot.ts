import { koffi, once } from './native-module.ts';

/** A process in a snapshot of the system. */
export interface SnapshotProcess {
  readonly pid: number;
  readonly parent: number;
  /** When it was created, as a FILETIME (UTC, in units of 100 ns) in decimal digits. */
  readonly started: string;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** File name of the program, such as `node.exe`. */
  readonly name: string;
}

/** SystemProcessInformation */
const PROCESS_INFORMATION = 5;
/** STATUS_INFO_LENGTH_MISMATCH: the buffer is too small. */
const TOO_SMALL = 0xc0000004;
const FIRST_SIZE_BYTES = 512 * 1024;
/** Units of 100 ns in a ms. */
export const TICKS_PER_MS = 10_000n;

/** Offsets in SYSTEM_PROCESS_INFORMATION, the same on x64 and arm64 (winternl.h; the times are in the reserved fields). */
const OFFSET = {
  next: 0,
  created: 32,
  user: 40,
  kernel: 48,
  nameLength: 56,
  name: 64,
  pid: 80,
  parent: 88,
  workingSet: 144,
};

const query = once(
  () =>
    koffi()
      .load('ntdll.dll')
      .func('uint32 NtQuerySystemInformation(int, _Out_ void *, uint32, _Out_ uint32 *)') as (
      type: number,
      buffer: Buffer,
      size: number,
      needed: number[],
    ) => number,
);

let size = FIRST_SIZE_BYTES;

/**
 * Returns all processes at one moment, those of other users included.
 *
 * @throws Error if the system does not answer: then nothing is known
 */
export function snapshot(): SnapshotProcess[] {
  for (;;) {
    const buffer = Buffer.alloc(size);
    const needed = [0];
    const status = query()(PROCESS_INFORMATION, buffer, size, needed);
    if (status === 0) return parseSnapshot(buffer, koffi().address(buffer));
    if (status !== TOO_SMALL)
      throw new Error(`The processes cannot be listed (NtQuerySystemInformation: 0x${status.toString(16)}).`);
    // Processes may start in the meantime.
    size = Math.max(size, needed[0] ?? 0) * 2;
  }
}

/** @param address of the buffer: names are pointers into it */
export function parseSnapshot(buffer: Buffer, address: bigint): SnapshotProcess[] {
  const found: SnapshotProcess[] = [];
  for (let at = 0; ;) {
    const pid = Number(buffer.readBigUInt64LE(at + OFFSET.pid));
    // Pid 0 is no process, but the idle time.
    if (pid !== 0) found.push(processAt(buffer, address, at, pid));
    const next = buffer.readUInt32LE(at + OFFSET.next);
    if (next === 0) return found;
    at += next;
  }
}

function processAt(buffer: Buffer, address: bigint, at: number, pid: number): SnapshotProcess {
  const ticks = buffer.readBigInt64LE(at + OFFSET.user) + buffer.readBigInt64LE(at + OFFSET.kernel);
  const name = Number(buffer.readBigUInt64LE(at + OFFSET.name) - address);
  const length = buffer.readUInt16LE(at + OFFSET.nameLength);
  const isInside = name > 0 && name + length <= buffer.length;
  return {
    pid,
    parent: Number(buffer.readBigUInt64LE(at + OFFSET.parent)),
    started: buffer.readBigInt64LE(at + OFFSET.created).toString(),
    cpuMs: Number(ticks / TICKS_PER_MS),
    memoryBytes: Number(buffer.readBigUInt64LE(at + OFFSET.workingSet)),
    name: isInside ? buffer.toString('utf16le', name, name + length) : '',
  };
}
