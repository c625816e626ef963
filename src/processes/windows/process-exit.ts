import { closeHandle, type Handle, koffi, lastError, once } from './native-module.ts';

/** WT_EXECUTEONLYONCE */
const ONCE = 8;
const FOREVER = 0xffffffff;

interface Calls {
  registerWait(
    wait: Handle[],
    object: Handle,
    callback: bigint,
    context: number,
    timeoutMs: number,
    flags: number,
  ): number;
  unregisterWait(wait: Handle): number;
  exitCode(process: Handle, code: number[]): number;
  /** Calls `onExit` on this thread. Its argument is the context. */
  readonly callback: bigint;
}

const waiting = new Map<number, () => void>();
let count = 0;

const calls = once((): Calls => {
  const native = koffi();
  const kernel32 = native.load('kernel32.dll');
  const onExit = (context: number | bigint): void => waiting.get(Number(context))?.();
  return {
    registerWait: kernel32.func(
      'int RegisterWaitForSingleObject(_Out_ intptr *, intptr, void *, intptr, uint32, uint32)',
    ),
    unregisterWait: kernel32.func('int UnregisterWait(intptr)'),
    exitCode: kernel32.func('int GetExitCodeProcess(intptr, _Out_ uint32 *)'),
    callback: native.register(onExit, native.pointer(native.proto('void', ['intptr', 'uint8']))),
  };
});

/**
 * Resolves with the exit code of a process, and closes the handle. A thread of the system waits, so no thread of Node is
 * taken.
 *
 * @throws the system's error
 */
export function untilExit(process: Handle): Promise<number> {
  const context = ++count;
  const wait: Handle[] = [0];
  const ended = new Promise<void>((resolve) => waiting.set(context, resolve));
  if (calls().registerWait(wait, process, calls().callback, context, FOREVER, ONCE) === 0) {
    waiting.delete(context);
    throw lastError('RegisterWaitForSingleObject');
  }
  return ended.then(() => {
    waiting.delete(context);
    const code = [0];
    calls().exitCode(process, code);
    calls().unregisterWait(wait[0] ?? 0);
    closeHandle(process);
    return code[0] ?? 0;
  });
}
