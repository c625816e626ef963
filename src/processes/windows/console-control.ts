import { koffi } from './native-module.ts';

/**
 * Makes the processes that this one starts react to Ctrl+C. They would inherit that it is ignored, if this process was
 * started in a process group of its own, as Node's `detached` does (SetConsoleCtrlHandler).
 */
export function allowInterrupts(): void {
  const handle = koffi().load('kernel32.dll').func('int SetConsoleCtrlHandler(void *, int)') as (
    handler: null,
    add: number,
  ) => number;
  handle(null, 0);
}
