import type { Handle } from './native-module.ts';

/** Where the streams of a new process go: handles that can be inherited, of which no other is, or a pseudoconsole. */
export type ProcessStreams =
  { readonly stdin: Handle; readonly stdout: Handle; readonly stderr: Handle } | { readonly console: Handle };

/** What UpdateProcThreadAttribute takes. */
export interface ProcessAttribute {
  readonly id: number;
  /** A pseudoconsole is passed as it is, other values by their address. */
  readonly value: Buffer | bigint;
  readonly bytes: number;
}

/** PROC_THREAD_ATTRIBUTE_HANDLE_LIST, _JOB_LIST and _PSEUDOCONSOLE */
const HANDLE_LIST = 0x20002;
const JOB_LIST = 0x2000d;
const PSEUDOCONSOLE = 0x20016;
const HANDLE_BYTES = 8;

/** Offsets in STARTUPINFOEXW. */
const STARTUP_BYTES = 112;
const STARTUP = { flags: 60, stdin: 80, stdout: 88, stderr: 96, attributes: 104 };
/** STARTF_USESTDHANDLES | STARTF_USESHOWWINDOW, which hides the window of a program that has one. */
const USE_HANDLES = 0x101;
/** STARTF_USESTDHANDLES without handles: those of this process are not passed on to a process with a pseudoconsole. */
const USE_NO_HANDLES = 0x100;

/** Returns the attributes of a new process. @param job the job object of which it is a member from its birth */
export function attributesOf(streams: ProcessStreams, job: Handle | undefined): ProcessAttribute[] {
  const attributes: ProcessAttribute[] = [];
  if ('console' in streams) {
    attributes.push({ id: PSEUDOCONSOLE, value: BigInt(streams.console), bytes: HANDLE_BYTES });
  } else {
    // A handle must not occur twice.
    const handles = handlesIn([...new Set([streams.stdin, streams.stdout, streams.stderr])]);
    attributes.push({ id: HANDLE_LIST, value: handles, bytes: handles.length });
  }
  if (job !== undefined) attributes.push({ id: JOB_LIST, value: handlesIn([job]), bytes: HANDLE_BYTES });
  return attributes;
}

/** Returns a STARTUPINFOEXW. @param attributes address of the attribute list */
export function startupInfo(streams: ProcessStreams, attributes: bigint): Buffer {
  const startup = Buffer.alloc(STARTUP_BYTES);
  startup.writeUInt32LE(STARTUP_BYTES, 0);
  startup.writeBigUInt64LE(attributes, STARTUP.attributes);
  if ('console' in streams) {
    startup.writeUInt32LE(USE_NO_HANDLES, STARTUP.flags);
    return startup;
  }
  startup.writeUInt32LE(USE_HANDLES, STARTUP.flags);
  startup.writeBigInt64LE(BigInt(streams.stdin), STARTUP.stdin);
  startup.writeBigInt64LE(BigInt(streams.stdout), STARTUP.stdout);
  startup.writeBigInt64LE(BigInt(streams.stderr), STARTUP.stderr);
  return startup;
}

function handlesIn(handles: readonly Handle[]): Buffer {
  const list = Buffer.alloc(handles.length * HANDLE_BYTES);
  for (const [at, handle] of handles.entries()) list.writeBigInt64LE(BigInt(handle), at * HANDLE_BYTES);
  return list;
}

/** `NAME=value` and a NUL each, in the order of the names without regard to case, and one more NUL (CreateProcessW). */
export function environmentBlock(env: NodeJS.ProcessEnv): Buffer {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const sorted = entries.sort(([a], [b]) => (a.toUpperCase() < b.toUpperCase() ? -1 : 1));
  return Buffer.from(sorted.map(([name, value]) => `${name}=${value}\0`).join('') + '\0\0', 'utf16le');
}
