import { type Handle, isValid, koffi, lastError, once } from './native-module.ts';

/** GENERIC_READ, GENERIC_WRITE, FILE_APPEND_DATA | SYNCHRONIZE */
const READ = 0x80000000;
const WRITE = 0x40000000;
const APPEND = 0x100004;
/** FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE */
const SHARE_ALL = 0x7;
const OPEN_EXISTING = 3;
const OPEN_ALWAYS = 4;
/** SECURITY_ATTRIBUTES: its size, no descriptor, bInheritHandle at 16. */
const INHERITABLE = Buffer.alloc(24);
INHERITABLE.writeUInt32LE(INHERITABLE.length, 0);
INHERITABLE.writeUInt32LE(1, 16);

interface Calls {
  createFile(
    path: string,
    access: number,
    share: number,
    security: Buffer,
    disposition: number,
    flags: number,
    template: number,
  ): Handle;
  writeFile(file: Handle, bytes: Buffer, size: number, written: number[], overlapped: null): number;
}

const calls = once((): Calls => {
  const kernel32 = koffi().load('kernel32.dll');
  return {
    createFile: kernel32.func('intptr CreateFileW(str16, uint32, uint32, void *, uint32, uint32, intptr)'),
    writeFile: kernel32.func('int WriteFile(intptr, void *, uint32, _Out_ uint32 *, void *)'),
  };
});

/** Access, sharing and creation by the use of a file. */
const MODES = {
  pipe: [READ | WRITE, 0, OPEN_EXISTING],
  nothing: [READ | WRITE, SHARE_ALL, OPEN_EXISTING],
  log: [APPEND, SHARE_ALL, OPEN_ALWAYS],
} as const;

/** Opens a file for a process that is about to start. @throws the system's error */
export function openInheritable(path: string, mode: keyof typeof MODES): Handle {
  const [access, share, disposition] = MODES[mode];
  const handle = calls().createFile(path, access >>> 0, share, INHERITABLE, disposition, 0, 0);
  if (!isValid(handle)) throw lastError('open', path);
  return handle;
}

/** Opens the file that is always empty and takes everything. @throws the system's error */
export function openNothing(): Handle {
  return openInheritable('NUL', 'nothing');
}

/** @throws the system's error */
export function writeTo(handle: Handle, bytes: Buffer): void {
  const written = [0];
  if (calls().writeFile(handle, bytes, bytes.length, written, null) === 0) throw lastError('write');
}
