import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { eventually, isAlive, RUNNER_SCRIPT } from './runner.ts';
import { atEnd } from './scratch.ts';

/**
 * Starts a runner through a program that limits it, such as prlimit(1). Stops it when the test ends. Managers that open
 * the storage folder afterwards use this runner.
 *
 * @param prefix the program and the arguments that precede the command line of the runner
 * @returns the runner's process id
 */
export async function startLimitedRunner(
  context: TestContext,
  storage: string,
  prefix: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const [program, ...before] = prefix;
  const args = [...before, process.execPath, RUNNER_SCRIPT, storage];
  const log = openSync(join(storage, 'runner.log'), 'a');
  const child = spawn(program, args, {
    cwd: storage,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', log],
  }) as ChildProcessByStdio<null, Readable, null>;
  closeSync(log);
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} exited with code ${String(code)}.`);
  });
  const pid = child.pid as number;
  atEnd(context, async () => {
    if (isAlive(pid)) process.kill(pid, 'SIGTERM');
    await eventually(`the limited runner ${pid} ends`, () => !isAlive(pid));
  });
  await Promise.race([once(child.stdout, 'data'), exited]);
  // Later exits are expected.
  exited.catch(() => undefined);
  child.stdout.destroy();
  child.unref();
  return pid;
}
