import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';

/** The message is in whole sentences, of which the last one has no period, as in the errors of Node. */
class KoffiError extends Error {
  override readonly name = 'KoffiError';
}

/** A handle of Windows. A number if it is small enough to be exact, as all but made-up ones are. */
export type Handle = number | bigint;

/** INVALID_HANDLE_VALUE */
const INVALID_HANDLE = -1;

const require = createRequire(import.meta.url);
const NAME = 'koffi/indirect';
let module: typeof Koffi | undefined;

/**
 * Loads koffi, which calls functions of DLLs, on the first call. Windows tells nothing about processes without such calls.
 *
 * @throws KoffiError if there is no binary for this system
 */
export function koffi(): typeof Koffi {
  try {
    module ??= require(NAME) as typeof Koffi;
    return module;
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    const system = `${process.platform}-${process.arch}`;
    throw new KoffiError(
      `The native module koffi cannot be loaded on ${system} (${reason}). Background Jobs needs it on Windows. ` +
        'Install the package of Background Jobs for this system',
      { cause: error },
    );
  }
}

/** Returns the file that loads koffi. @throws the system's error if there is none */
export function koffiPath(): string {
  return require.resolve(NAME);
}

/** Makes a function that creates a value on its first call, and then returns the same one. */
export function once<T>(create: () => T): () => T {
  let value: { readonly created: T } | undefined;
  return () => (value ??= { created: create() }).created;
}

export function isValid(handle: Handle): boolean {
  return Number(handle) !== 0 && Number(handle) !== INVALID_HANDLE;
}

interface Basics {
  closeHandle(handle: Handle): number;
  lastError(): number;
}

const basics = once((): Basics => {
  const kernel32 = koffi().load('kernel32.dll');
  return {
    closeHandle: kernel32.func('int CloseHandle(intptr)'),
    lastError: kernel32.func('uint32 GetLastError()'),
  };
});

export function closeHandle(handle: Handle): void {
  if (isValid(handle)) basics().closeHandle(handle);
}

/** Error codes of Windows (winerror.h), and the codes of Node that mean the same. */
const CODES: ReadonlyMap<number, string> = new Map([
  [2, 'ENOENT'],
  [3, 'ENOENT'],
  [4, 'EMFILE'],
  [5, 'EACCES'],
  [8, 'ENOMEM'],
  [123, 'ENOENT'],
  [193, 'ENOEXEC'],
  [206, 'ENAMETOOLONG'],
  [216, 'ENOEXEC'],
  [231, 'EBUSY'],
  [267, 'ENOTDIR'],
  [740, 'EACCES'],
  [1455, 'ENOMEM'],
  [1816, 'ENOMEM'],
]);

/** Makes an error, in the form of Node's own, of the last call that failed. @param syscall what failed */
export function lastError(syscall: string, path?: string): NodeJS.ErrnoException {
  const number = basics().lastError();
  const code = CODES.get(number) ?? `WINDOWS_${number}`;
  const message = `${code}: error ${number} of Windows, ${syscall}${path === undefined ? '' : ` '${path}'`}`;
  return Object.assign(new Error(message), {
    code,
    errno: number,
    syscall,
    ...(path !== undefined && { path }),
  });
}
