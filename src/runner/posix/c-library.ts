import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Koffi from 'koffi';

/**
 * Functions of the C library that Node does not offer, by their manual pages. Each returns 0 if it succeeds, unless it says
 * otherwise.
 */
export interface CLibrary {
  /** grantpt(3), unlockpt(3), ptsname(3): make the terminal of a controller usable, and tell its path. */
  grantpt(controller: number): number;
  unlockpt(controller: number): number;
  ptsname_r(controller: number, path: Buffer, bytes: number): number;
  /** ioctl(2) with a pointer. */
  ioctl(descriptor: number, request: number, type: 'void *', argument: Buffer): number;
  /** termios(3) */
  tcgetattr(descriptor: number, attributes: Buffer): number;
  tcsetattr(descriptor: number, actions: number, attributes: Buffer): number;
  tcflush(descriptor: number, queue: number): number;
  /** poll(2) of an array of pollfd structures. Returns how many of them are ready. */
  poll(files: Buffer, count: number, timeoutMs: number): number;
  /** The error of the last call, as in errno(3). */
  errno(): number;
  /** Returns a function by its C prototype, in koffi's notation. @throws Error if the library does not have it */
  readonly declare: (prototype: string) => (...args: readonly unknown[]) => number;
}

/** The message is one clause. */
export class NativeModuleError extends Error {
  override readonly name = 'NativeModuleError';
}

let library: CLibrary | undefined;

/**
 * Loads koffi, which calls functions of C libraries, on the first call.
 *
 * @param folder in whose `node_modules`, or in those of its parents, koffi is
 * @throws NativeModuleError
 */
export function loadCLibrary(folder: string): CLibrary {
  library ??= load(folder);
  return library;
}

function load(folder: string): CLibrary {
  const koffi = loadKoffi(folder);
  // The process itself: Node is linked against the C library, whatever that is called on this system.
  const c = koffi.load(null);
  return {
    grantpt: c.func('int grantpt(int)'),
    unlockpt: c.func('int unlockpt(int)'),
    ptsname_r: c.func('int ptsname_r(int, _Out_ char *, size_t)'),
    ioctl: c.func('int ioctl(int, unsigned long, ...)'),
    tcgetattr: c.func('int tcgetattr(int, _Out_ void *)'),
    tcflush: c.func('int tcflush(int, int)'),
    poll: c.func('int poll(void *, unsigned long, int)'),
    tcsetattr: c.func('int tcsetattr(int, int, void *)'),
    errno: () => koffi.errno(),
    declare: (prototype) => c.func(prototype),
  };
}

/** @throws NativeModuleError */
function loadKoffi(folder: string): typeof Koffi {
  const system = `${process.platform}-${process.arch}`;
  const require = createRequire(join(folder, 'runner.js'));
  let loader: string;
  try {
    loader = require.resolve('koffi/indirect');
  } catch {
    throw new NativeModuleError(`the native module koffi is not installed for ${system}`);
  }
  checkCLibrary(join(loader, '..', '..', '@koromix', `koffi-${system}`));
  try {
    return require(loader) as typeof Koffi;
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new NativeModuleError(`the native module koffi cannot be loaded on ${system} (${reason})`);
  }
}

/**
 * Requires a binary for the C library of this process, since koffi tries any other one. On musl, a binary for glibc loads
 * and then crashes.
 *
 * @param folder of the binaries, which are in one folder for each C library
 * @throws NativeModuleError
 */
function checkCLibrary(folder: string): void {
  if (process.platform !== 'linux' || !existsSync(folder)) return;
  // Otherwise, the report looks up the names of all connections. The types of Node 20 do not have this yet.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const [own, prefix] = header.glibcVersionRuntime === undefined ? ['musl', 'musl_'] : ['glibc', 'linux_'];
  if (readdirSync(folder).some((name) => name.startsWith(prefix))) return;
  throw new NativeModuleError(
    `the native module koffi was installed for another C library than that of this system, ${own}`,
  );
}
