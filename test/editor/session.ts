import { fstatSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../src/base/remove-folder.ts';

/** What lives as long as one run of the editor. */
export interface Session {
  /** For temporary files; removed at the end. Its name is short: sockets lie in it. */
  readonly folder: string;
  /** Aborts when the run is to end early. */
  readonly signal: AbortSignal;
  /** Runs at the end, last registered first. */
  atEnd(action: () => unknown): void;
}

export interface SessionOptions {
  /** Whether the end of a piped standard input ends the run. */
  readonly endsWithInput?: boolean;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does some work and leaves nothing behind, however it ends: by itself, by an error or by a signal. The work
 * must heed the session's signal wherever it waits for long.
 */
export async function inSession<T>(
  work: (session: Session) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'test-'));
  // For the parts that make temporary files without asking where.
  process.env.TMPDIR = folder;
  const ended = new AbortController();
  // A second Ctrl+C changes nothing: the end takes a second or two, and is bounded.
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

/** A parent that was killed can tell nobody, but its end of our input closes. */
function watchInput(onEnd: () => void): void {
  const input = fstatSync(process.stdin.fd);
  if (!input.isFIFO() && !input.isSocket()) return;
  process.stdin.once('close', onEnd).once('end', onEnd).resume();
  process.stdin.unref();
}

/** Settles with the promise, or rejects when the session ends before. */
export async function unlessEnded<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
}
