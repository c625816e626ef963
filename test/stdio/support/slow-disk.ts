import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Scope } from '../../support/mcp-session.ts';
import { atEnd } from '../../support/scratch.ts';

/**
 * Stops a process for up to 30 ms, repeatedly. A slow disk does that to the runner, because it writes logs and
 * the journal synchronously. Here it also stops at other points.
 *
 * @returns a function that ends this
 */
export function slowDisk(scope: Scope, pid: number): () => Promise<void> {
  const end = new AbortController();
  const stopping = (async (): Promise<void> => {
    while (!end.signal.aborted) {
      process.kill(pid, 'SIGSTOP');
      await delay(Math.random() * 30);
      process.kill(pid, 'SIGCONT');
      await delay(Math.random() * 15);
    }
  })();
  const stop = (): Promise<void> => {
    end.abort();
    return stopping;
  };
  atEnd(scope, stop);
  return stop;
}

/**
 * Delays every write of a process, and every creation of a file, by some ms with strace(1).
 *
 * @returns a function that ends this, or undefined if strace is missing or not permitted
 */
export async function slowWrites(
  scope: Scope,
  pid: number,
  ms: number,
): Promise<(() => Promise<void>) | undefined> {
  const calls = 'write,pwrite64,openat';
  const args = ['-f', '-p', String(pid), '-e', `trace=${calls}`];
  const inject = ['-e', `inject=${calls}:delay_enter=${ms * 1000}`];
  const strace = spawn('strace', [...args, ...inject, '-o', '/dev/null'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = new Promise((resolve) => strace.once('close', resolve).once('error', resolve));
  const isAttached = await Promise.race([
    closed.then(() => false),
    // strace prints "strace: Process 123 attached".
    once(strace.stderr, 'data').then(([text]) => String(text).includes('attached')),
  ]);
  const stop = async (): Promise<void> => {
    strace.kill('SIGINT');
    await closed;
  };
  if (strace.pid !== undefined) atEnd(scope, stop);
  return isAttached ? stop : undefined;
}
