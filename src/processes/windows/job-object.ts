import { closeHandle, type Handle, isValid, koffi, lastError, once } from './native-module.ts';
import { TERMINATED_EXIT_CODE } from './open-process.ts';

/** JobObjectBasicProcessIdList and JobObjectExtendedLimitInformation */
const PROCESS_LIST = 3;
const EXTENDED_LIMITS = 9;
/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION, and its LimitFlags */
const LIMITS_BYTES = 144;
const FLAGS_OFFSET = 16;
/**
 * JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE: its processes end with the last handle, and so with this process, however it ends.
 * JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION: no dialog stays open after a crash. Without JOB_OBJECT_LIMIT_BREAKAWAY_OK
 * no process can leave.
 */
const KILL_ON_CLOSE = 0x2000;
const DIE_ON_EXCEPTION = 0x400;
/** ERROR_MORE_DATA */
const MORE_DATA = 234;
const FIRST_CAPACITY = 64;

interface Calls {
  create(security: null, name: null): Handle;
  setInformation(job: Handle, type: number, information: Buffer, size: number): number;
  query(job: Handle, type: number, information: Buffer, size: number, needed: null): number;
  terminate(job: Handle, exitCode: number): number;
  isInJob(process: Handle, job: Handle, result: number[]): number;
  currentProcess(): Handle;
}

const calls = once((): Calls => {
  const kernel32 = koffi().load('kernel32.dll');
  return {
    create: kernel32.func('intptr CreateJobObjectW(void *, void *)'),
    setInformation: kernel32.func('int SetInformationJobObject(intptr, int, void *, uint32)'),
    query: kernel32.func('int QueryInformationJobObject(intptr, int, _Out_ void *, uint32, void *)'),
    terminate: kernel32.func('int TerminateJobObject(intptr, uint32)'),
    isInJob: kernel32.func('int IsProcessInJob(intptr, intptr, _Out_ int *)'),
    currentProcess: kernel32.func('intptr GetCurrentProcess()'),
  };
});

/**
 * Holds processes together: those that are started in it, and all that they start. It ends them when it is closed, or
 * when this process ends.
 */
export class JobObject {
  readonly handle: Handle;
  #isClosed = false;

  /** @throws the system's error */
  constructor() {
    this.handle = calls().create(null, null);
    if (!isValid(this.handle)) throw lastError('CreateJobObject');
    const limits = Buffer.alloc(LIMITS_BYTES);
    limits.writeUInt32LE(KILL_ON_CLOSE | DIE_ON_EXCEPTION, FLAGS_OFFSET);
    if (calls().setInformation(this.handle, EXTENDED_LIMITS, limits, limits.length) !== 0) return;
    const error = lastError('SetInformationJobObject');
    this.close();
    throw error;
  }

  /** Returns the pids of the living processes in it. @throws the system's error */
  pids(): number[] {
    if (this.#isClosed) return [];
    for (let capacity = FIRST_CAPACITY; ;) {
      const list = Buffer.alloc(8 + capacity * 8);
      const isDone = calls().query(this.handle, PROCESS_LIST, list, list.length, null) !== 0;
      const error = isDone ? undefined : lastError('QueryInformationJobObject');
      if (error !== undefined && error.errno !== MORE_DATA) throw error;
      const listed = list.readUInt32LE(4);
      if (isDone && listed < capacity)
        return Array.from({ length: listed }, (_, at) => Number(list.readBigUInt64LE(8 + at * 8)));
      capacity = Math.max(capacity, list.readUInt32LE(0)) * 2;
    }
  }

  /** Ends all processes in it at once. */
  terminate(): void {
    if (!this.#isClosed) calls().terminate(this.handle, TERMINATED_EXIT_CODE);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeHandle(this.handle);
  }
}

/** Returns true if this process ends when the job object that it is in is closed. Then others decide how long it lives. */
export function endsWithJobObject(): boolean {
  const result = [0];
  if (calls().isInJob(calls().currentProcess(), 0, result) === 0 || result[0] === 0) return false;
  const limits = Buffer.alloc(LIMITS_BYTES);
  const isKnown = calls().query(0, EXTENDED_LIMITS, limits, limits.length, null) !== 0;
  return isKnown && (limits.readUInt32LE(FLAGS_OFFSET) & KILL_ON_CLOSE) !== 0;
}
