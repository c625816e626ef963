import { type ChildProcess, spawn } from 'node:child_process';
import type { Spawned, SpawnRequest } from './posix-spawn.ts';

/**
 * A session leader that opens a terminal gets it as its controlling terminal (credentials(7), on macOS tty(4)). Node cannot
 * open it in the new process, so a shell does, and then becomes the program. It opens it for reading and writing, since vim
 * reads from stderr, and more and tmux write to stdin.
 */
const OPEN_TERMINAL = 'exec <>"$0" >&0 2>&1 && exec "$@"';

/**
 * Starts a program as the leader of a session and a process group of its own, with the limits of this process.
 *
 * @throws the error of Node's `spawn`
 */
export async function spawnByNode({ file, args, cwd, env, files }: SpawnRequest): Promise<Spawned> {
  const options = { cwd, env, detached: true } as const;
  const child =
    'terminal' in files
      ? spawn('/bin/sh', ['-c', OPEN_TERMINAL, files.terminal, file, ...args], {
          ...options,
          stdio: 'ignore',
        })
      : spawn(file, args, { ...options, stdio: [files[0] ?? 'ignore', files[1], files[2]] });
  return started(child);
}

/** Waits for the pid. @throws the error of a failed spawn, some of which Node reports only in an event */
export async function started(child: ChildProcess): Promise<Spawned> {
  const { pid } = child;
  if (pid === undefined) return new Promise((_resolve, reject) => child.once('error', reject));
  // It has started, so errors can only come from signals that we do not send through Node.
  child.on('error', () => undefined);
  return {
    pid,
    exited: new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal }))),
  };
}
