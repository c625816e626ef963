import { format } from 'node:util';

type Write = (text: string) => void;

let write: Write = (text) => globalThis.console.log(text);

/** Has the tests' console written to whoever runs them. */
export function sendConsoleTo(receiver: Write): void {
  write = receiver;
}

const log = (...args: unknown[]): void => write(format(...args));

/**
 * The bundler puts this in the place of the global console in the tests, and in nothing else: the real one
 * belongs to all extensions of the host, and what it prints drowns among the editor's own words.
 */
export const console = { ...globalThis.console, log, info: log, warn: log, error: log, debug: log };
