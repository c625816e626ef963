import { koffi, once } from './native-module.ts';

/** TCP_TABLE_OWNER_PID_LISTENER */
const LISTENERS = 3;
/** ERROR_INSUFFICIENT_BUFFER */
const TOO_SMALL = 122;

/** Rows of MIB_TCPTABLE_OWNER_PID and MIB_TCP6TABLE_OWNER_PID by address family (AF_INET, AF_INET6), behind a count. */
const TABLES = [
  { family: 2, row: { bytes: 24, port: 8, pid: 20 } },
  { family: 23, row: { bytes: 56, port: 20, pid: 52 } },
] as const;

const getTable = once(
  () =>
    koffi()
      .load('iphlpapi.dll')
      .func('uint32 GetExtendedTcpTable(_Out_ void *, _Inout_ uint32 *, int, uint32, int, uint32)') as (
      buffer: Buffer,
      size: number[],
      sorted: number,
      family: number,
      type: number,
      reserved: number,
    ) => number,
);

/** Returns the TCP ports on which any of the processes listens, ascending. @throws Error if the system does not answer */
export function listeningPorts(pids: readonly number[]): number[] {
  const wanted = new Set(pids);
  const ports = TABLES.flatMap(({ family, row }) =>
    parseListeners(readTable(family), row)
      .filter(({ pid }) => wanted.has(pid))
      .map(({ port }) => port),
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

function readTable(family: number): Buffer {
  for (let size = 32 * 1024; ;) {
    const buffer = Buffer.alloc(size);
    const needed = [size];
    const error = getTable()(buffer, needed, 0, family, LISTENERS, 0);
    if (error === 0) return buffer;
    if (error !== TOO_SMALL)
      throw new Error(`The ports cannot be listed (GetExtendedTcpTable: error ${error}).`);
    // More sockets may open in the meantime.
    size = Math.max(size, needed[0] ?? 0) * 2;
  }
}

/** Reads a table: the number of rows, then the rows. Ports are in network byte order. */
export function parseListeners(
  table: Buffer,
  row: { readonly bytes: number; readonly port: number; readonly pid: number },
): { readonly port: number; readonly pid: number }[] {
  return Array.from({ length: table.readUInt32LE(0) }, (_, index) => {
    const at = 4 + index * row.bytes;
    return { port: table.readUInt16BE(at + row.port), pid: table.readUInt32LE(at + row.pid) };
  });
}
