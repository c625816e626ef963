import { closeHandle, type Handle, isValid, koffi, once } from './native-module.ts';

/** What a process was started with. */
export interface ProcessParameters {
  readonly commandLine: string;
  /** `NAME=value` lines, each with a NUL behind it. */
  readonly environment: string;
}

/** PROCESS_QUERY_INFORMATION | PROCESS_VM_READ */
const READ_ACCESS = 0x410;
/** ProcessBasicInformation */
const BASIC_INFORMATION = 0;
/** Offsets in PROCESS_BASIC_INFORMATION, PEB and RTL_USER_PROCESS_PARAMETERS, the same on x64 and arm64. */
const OFFSET = {
  peb: 8,
  parameters: 0x20,
  commandLength: 0x70,
  command: 0x78,
  environment: 0x80,
  environmentSize: 0x3f0,
};
const PARAMETERS_BYTES = 0x400;
/** An environment of Windows has at most 32,767 characters, though programs can pass larger ones. */
const MAX_ENVIRONMENT_BYTES = 1024 * 1024;

interface Calls {
  openProcess(access: number, inherit: number, pid: number): Handle;
  read(process: Handle, address: bigint, buffer: Buffer, size: number, done: null): number;
  query(process: Handle, type: number, buffer: Buffer, size: number, needed: null): number;
}

const calls = once((): Calls => {
  const kernel32 = koffi().load('kernel32.dll');
  return {
    openProcess: kernel32.func('intptr OpenProcess(uint32, int, uint32)'),
    read: kernel32.func('int ReadProcessMemory(intptr, uintptr, _Out_ void *, size_t, void *)'),
    query: koffi()
      .load('ntdll.dll')
      .func('uint32 NtQueryInformationProcess(intptr, int, _Out_ void *, uint32, void *)'),
  };
});

/**
 * Reads the command line and the environment of a process from its memory.
 *
 * @returns undefined if the process is gone, or its memory may not be read: it is protected, or another user's
 */
export function readParameters(pid: number): ProcessParameters | undefined {
  const process = calls().openProcess(READ_ACCESS, 0, pid);
  if (!isValid(process)) return undefined;
  try {
    const basic = Buffer.alloc(48);
    if (calls().query(process, BASIC_INFORMATION, basic, basic.length, null) !== 0) return undefined;
    const peb = read(process, basic.readBigUInt64LE(OFFSET.peb), OFFSET.parameters + 8);
    const parameters = peb && read(process, peb.readBigUInt64LE(OFFSET.parameters), PARAMETERS_BYTES);
    if (parameters === undefined) return undefined;
    const command = read(
      process,
      parameters.readBigUInt64LE(OFFSET.command),
      parameters.readUInt16LE(OFFSET.commandLength),
    );
    const size = Number(parameters.readBigUInt64LE(OFFSET.environmentSize));
    const environment = read(
      process,
      parameters.readBigUInt64LE(OFFSET.environment),
      Math.min(size, MAX_ENVIRONMENT_BYTES),
    );
    return {
      commandLine: command?.toString('utf16le') ?? '',
      environment: environment?.toString('utf16le') ?? '',
    };
  } finally {
    closeHandle(process);
  }
}

function read(process: Handle, address: bigint, size: number): Buffer | undefined {
  if (size === 0 || address === 0n) return undefined;
  const buffer = Buffer.alloc(size);
  return calls().read(process, address, buffer, size, null) === 0 ? undefined : buffer;
}

/** Returns the value of a variable. The case of its name does not matter on Windows. */
export function variableIn(environment: string, name: string): string | undefined {
  const prefix = `${name}=`.toLowerCase();
  const found = environment.split('\0').find((each) => each.toLowerCase().startsWith(prefix));
  return found?.slice(prefix.length);
}
