import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { atEnd } from '../../support/scratch.ts';
import type { Scope } from '../../support/mcp-session.ts';

/**
 * Stops a process for up to 30 ms, over and over. That is what a slow disk does to the runner: it writes logs and
 * journal synchronously, so a write that takes long stops everything. Here it stops elsewhere, too.
 *
 * @returns ends it
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
 * Has every write and every making of a file of a process take so many ms more, which strace(1) can do.
 *
 * @returns ends it; undefined when strace is not there or not allowed
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
    // It says "strace: Process 123 attached".
    once(strace.stderr, 'data').then(([text]) => String(text).includes('attached')),
  ]);
  const stop = async (): Promise<void> => {
    strace.kill('SIGINT');
    await closed;
  };
  if (strace.pid !== undefined) atEnd(scope, stop);
  return isAttached ? stop : undefined;
}
