import { closeHandle, type Handle, koffi, lastError, once } from './native-module.ts';
import { startOf } from './open-process.ts';
import { untilExit } from './process-exit.ts';

export interface ProcessRequest {
  /** Absolute path of the program. */
  readonly program: string;
  /** The command line, the name of the program included. */
  readonly commandLine: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Handles that can be inherited. No other handle is. */
  readonly stdin: Handle;
  readonly stdout: Handle;
  readonly stderr: Handle;
  /** The job object of which it is a member from its birth. */
  readonly job?: Handle;
  /** A pseudoconsole in place of the handles. */
  readonly console?: Handle;
  readonly flags: number;
}

export interface CreatedProcess {
  readonly pid: number;
  /** See `ProcessInfo`. */
  readonly started: string;
  /** Settles with the exit code. */
  readonly exited: Promise<number>;
}

/** CREATE_NO_WINDOW: it gets a console without a window, which all that it starts share. */
export const HIDDEN_CONSOLE = 0x08000000;
/** DETACHED_PROCESS: it gets no console. */
export const NO_CONSOLE = 0x8;
/** CREATE_BREAKAWAY_FROM_JOB: it leaves the job object of this process. */
export const LEAVE_JOB = 0x01000000;
/** CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT */
const FORMAT_FLAGS = 0x400 | 0x80000;

/** PROC_THREAD_ATTRIBUTE_HANDLE_LIST, _JOB_LIST and _PSEUDOCONSOLE */
const HANDLE_LIST = 0x20002;
const JOB_LIST = 0x2000d;
const PSEUDOCONSOLE = 0x20016;

/** Offsets in STARTUPINFOEXW. */
const STARTUP_BYTES = 112;
const STARTUP = { flags: 60, stdin: 80, stdout: 88, stderr: 96, attributes: 104 };
/** STARTF_USESTDHANDLES | STARTF_USESHOWWINDOW, which hides the window of a program that has one. */
const USE_HANDLES = 0x101;
/** STARTF_USESTDHANDLES without handles: those of this process are not passed on to a process with a pseudoconsole. */
const USE_NO_HANDLES = 0x100;

interface Calls {
  initializeList(list: Buffer | null, count: number, flags: number, size: bigint[]): number;
  updateList(
    list: Buffer,
    flags: number,
    attribute: number,
    value: Buffer | bigint,
    size: number,
    previous: null,
    returned: null,
  ): number;
  deleteList(list: Buffer): void;
  createProcess(
    program: string,
    commandLine: Buffer,
    processSecurity: null,
    threadSecurity: null,
    inherit: number,
    flags: number,
    environment: Buffer,
    cwd: string,
    startup: Buffer,
    created: Buffer,
  ): number;
}

const calls = once((): Calls => {
  const kernel32 = koffi().load('kernel32.dll');
  return {
    initializeList: kernel32.func(
      'int InitializeProcThreadAttributeList(void *, uint32, uint32, _Inout_ uint64 *)',
    ),
    updateList: kernel32.func(
      'int UpdateProcThreadAttribute(void *, uint32, uintptr, void *, size_t, void *, void *)',
    ),
    deleteList: kernel32.func('void DeleteProcThreadAttributeList(void *)'),
    createProcess: kernel32.func(
      'int CreateProcessW(str16, _Inout_ void *, void *, void *, int, uint32, void *, str16, void *, _Out_ void *)',
    ),
  };
});

/**
 * Starts a process. Node's own `spawn` cannot make it a member of a job object before it runs, and with `detached` takes
 * its console away.
 *
 * @throws the system's error, in the form of Node's
 */
export function createProcess(request: ProcessRequest): CreatedProcess {
  const list = new AttributeList();
  try {
    const handles = [...new Set([request.stdin, request.stdout, request.stderr])];
    if (request.console === undefined) list.set(HANDLE_LIST, handlesIn(handles));
    else list.set(PSEUDOCONSOLE, BigInt(request.console));
    if (request.job !== undefined) list.set(JOB_LIST, handlesIn([request.job]));
    const created = Buffer.alloc(24);
    const isStarted = calls().createProcess(
      request.program,
      Buffer.from(`${request.commandLine}\0`, 'utf16le'),
      null,
      null,
      request.console === undefined ? 1 : 0,
      request.flags | FORMAT_FLAGS,
      environmentBlock(request.env),
      request.cwd,
      startupInfo(request, list),
      created,
    );
    if (isStarted === 0) throw lastError('spawn', request.program);
    // PROCESS_INFORMATION: handles of the process and its thread, pid, thread id.
    const process = handleAt(created, 0);
    closeHandle(handleAt(created, 8));
    const pid = created.readUInt32LE(16);
    return { pid, started: startOf(process), exited: untilExit(process) };
  } finally {
    list.delete();
  }
}

/** PROC_THREAD_ATTRIBUTE_LIST, as long as CreateProcess needs it. */
class AttributeList {
  readonly #list: Buffer;
  /** The list refers to the values, so they must not be freed. */
  readonly #values: (Buffer | bigint)[] = [];

  constructor() {
    const size = [0n];
    const count = 2;
    // The first call fails, and tells the size.
    calls().initializeList(null, count, 0, size);
    this.#list = Buffer.alloc(Number(size[0]));
    if (calls().initializeList(this.#list, count, 0, size) === 0)
      throw lastError('InitializeProcThreadAttributeList');
  }

  get address(): bigint {
    return koffi().address(this.#list);
  }

  /** @param value a pseudoconsole is passed as it is, other values by their address */
  set(attribute: number, value: Buffer | bigint): void {
    this.#values.push(value);
    const size = typeof value === 'bigint' ? 8 : value.length;
    if (calls().updateList(this.#list, 0, attribute, value, size, null, null) === 0)
      throw lastError('UpdateProcThreadAttribute');
  }

  delete(): void {
    calls().deleteList(this.#list);
  }
}

function startupInfo({ stdin, stdout, stderr, console }: ProcessRequest, list: AttributeList): Buffer {
  const startup = Buffer.alloc(STARTUP_BYTES);
  startup.writeUInt32LE(STARTUP_BYTES, 0);
  startup.writeBigUInt64LE(list.address, STARTUP.attributes);
  if (console !== undefined) {
    startup.writeUInt32LE(USE_NO_HANDLES, STARTUP.flags);
    return startup;
  }
  startup.writeUInt32LE(USE_HANDLES, STARTUP.flags);
  startup.writeBigInt64LE(BigInt(stdin), STARTUP.stdin);
  startup.writeBigInt64LE(BigInt(stdout), STARTUP.stdout);
  startup.writeBigInt64LE(BigInt(stderr), STARTUP.stderr);
  return startup;
}

function handlesIn(handles: readonly Handle[]): Buffer {
  const list = Buffer.alloc(handles.length * 8);
  for (const [at, handle] of handles.entries()) list.writeBigInt64LE(BigInt(handle), at * 8);
  return list;
}

function handleAt(buffer: Buffer, at: number): Handle {
  return Number(buffer.readBigInt64LE(at));
}

/** `NAME=value` and a NUL each, in the order of the names without regard to case, and one more NUL (CreateProcessW). */
export function environmentBlock(env: NodeJS.ProcessEnv): Buffer {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const sorted = entries.sort(([a], [b]) => (a.toUpperCase() < b.toUpperCase() ? -1 : 1));
  return Buffer.from(sorted.map(([name, value]) => `${name}=${value}\0`).join('') + '\0\0', 'utf16le');
}
