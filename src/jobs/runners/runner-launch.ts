import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { COOKIE } from '../../processes/job-cookie.ts';

/** What went wrong in a runner's life stands here, in the storage folder. */
const LOG = 'runner.log';

/**
 * Starts a runner process for a storage folder and waits until it listens, or until it found another one that
 * was first.
 *
 * @param script path of the bundled `main.ts`
 * @param env its environment
 * @throws Error with the runner's last words when it cannot run
 */
export async function launchRunner(script: string, storage: string, env: NodeJS.ProcessEnv): Promise<void> {
  // Started from within a job, it would be one of the processes that end with that.
  const { [COOKIE]: _, ...own } = env;
  mkdirSync(storage, { recursive: true, mode: 0o700 });
  const logPath = join(storage, LOG);
  const log = openSync(logPath, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [script, storage], {
      cwd: storage,
      // An Electron binary runs a script like Node when it is told so.
      env: { ...own, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'pipe', log],
    }) as ChildProcessByStdio<null, Readable, null>;
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    const said = once(child.stdout, 'data').then(() => 'ready' as const);
    const outcome = await Promise.race([said, exited, failed]);
    child.stdout.destroy();
    child.unref();
    if (outcome !== 'ready' && outcome !== 0) {
      const lines = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
      throw new Error(`The runner ended with code ${outcome ?? 'none'}: ${lines}`);
    }
  } finally {
    closeSync(log);
  }
}
