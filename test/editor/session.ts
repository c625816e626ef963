import { fstatSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../src/base/remove-folder.ts';

/** Resources that exist as long as one run of the editor. */
export interface Session {
  /** Folder for temporary files. It is removed at the end. Its name is short, because it contains sockets. */
  readonly folder: string;
  /** Aborts if the run must end early. */
  readonly signal: AbortSignal;
  /** Registers an action that runs at the end, the last registered first. */
  atEnd(action: () => unknown): void;
}

export interface SessionOptions {
  /** Whether the end of standard input ends the run. */
  readonly endsWithInput?: boolean;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs some work and leaves nothing behind, whether it ends by itself, by an error or by a signal. The work
 * must observe the session's signal in every long wait.
 */
export async function inSession<T>(
  work: (session: Session) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'test-'));
  // For code that creates temporary files in the default folder.
  process.env.TMPDIR = folder;
  const ended = new AbortController();
  // A second Ctrl+C changes nothing. The end takes one or two seconds, and has a timeout.
  for (const name of SIGNALS) process.on(name, () => ended.abort(new Error(`Ended by ${name}.`)));
  if (options.endsWithInput === true) {
    watchInput(() => ended.abort(new Error('The process that started this one is gone.')));
  }
  const actions: (() => unknown)[] = [];
  try {
    return await work({ folder, signal: ended.signal, atEnd: (action) => void actions.push(action) });
  } finally {
    for (const action of actions.reverse()) {
      await Promise.resolve(action()).catch((error: unknown) => console.error(error));
    }
    removeFolder(folder, { maxRetries: 5 });
  }
}

/** A parent that was killed cannot report it, but its end of our input closes. */
function watchInput(onEnd: () => void): void {
  const input = fstatSync(process.stdin.fd);
  if (!input.isFIFO() && !input.isSocket()) return;
  process.stdin.once('close', onEnd).once('end', onEnd).resume();
  process.stdin.unref();
}

/** Settles with the promise, or rejects if the session ends first. */
export async function unlessEnded<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
}
