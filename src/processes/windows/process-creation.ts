import { closeHandle, type Handle, koffi, lastError, once } from './native-module.ts';
import { startOf } from './open-process.ts';
import { untilExit } from './process-exit.ts';
import {
  attributesOf,
  environmentBlock,
  type ProcessAttribute,
  type ProcessStreams,
  startupInfo,
} from './startup-info.ts';

export interface ProcessRequest {
  /** Absolute path of the program. */
  readonly program: string;
  /** The command line, the name of the program included. */
  readonly commandLine: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly streams: ProcessStreams;
  /** The job object of which it is a member from its birth. */
  readonly job?: Handle;
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
  const list = new AttributeList(attributesOf(request.streams, request.job));
  try {
    const created = Buffer.alloc(24);
    const isStarted = calls().createProcess(
      request.program,
      Buffer.from(`${request.commandLine}\0`, 'utf16le'),
      null,
      null,
      'console' in request.streams ? 0 : 1,
      request.flags | FORMAT_FLAGS,
      environmentBlock(request.env),
      request.cwd,
      startupInfo(request.streams, list.address),
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
  readonly #attributes: readonly ProcessAttribute[];

  constructor(attributes: readonly ProcessAttribute[]) {
    this.#attributes = attributes;
    const size = [0n];
    // The first call fails, and tells the size.
    calls().initializeList(null, attributes.length, 0, size);
    this.#list = Buffer.alloc(Number(size[0]));
    if (calls().initializeList(this.#list, attributes.length, 0, size) === 0)
      throw lastError('InitializeProcThreadAttributeList');
    for (const { id, value, bytes } of this.#attributes) {
      if (calls().updateList(this.#list, 0, id, value, bytes, null, null) !== 0) continue;
      const error = lastError('UpdateProcThreadAttribute');
      this.delete();
      throw error;
    }
  }

  get address(): bigint {
    return koffi().address(this.#list);
  }

  delete(): void {
    calls().deleteList(this.#list);
  }
}

function handleAt(buffer: Buffer, at: number): Handle {
  return Number(buffer.readBigInt64LE(at));
}
