import { format } from 'node:util';

type Write = (text: string) => void;

let write: Write = (text) => globalThis.console.log(text);

/** Sends the console output of the tests to a receiver. */
export function sendConsoleTo(receiver: Write): void {
  write = receiver;
}

const log = (...args: unknown[]): void => write(format(...args));

/**
 * Replaces the global console in the bundled tests. All extensions of the host share the real one, and its output is
 * mixed with the editor's log.
 */
export const console = { ...globalThis.console, log, info: log, warn: log, error: log, debug: log };
