import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describeFileError } from '../../base/file-error.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { describeSpawnError } from '../../base/spawn-error.ts';
import { COOKIE } from '../../processes/job-cookie.ts';

/** The log of the runners in a storage folder. */
const LOG_NAME = 'runner.log';
/** How much of the log the error of a failed start quotes. */
const QUOTED_LINES = 10;

/**
 * Starts a runner process for a storage folder. Resolves when it listens, or when it found that another runner was
 * first.
 *
 * @param script path of the bundled `main.ts`
 * @param env environment of the runner
 * @throws Error that says in whole sentences why it cannot run
 */
export async function launchRunner(script: string, storage: string, env: NodeJS.ProcessEnv): Promise<void> {
  // A missing script would be reported with Node's stack trace.
  if (!existsSync(script))
    throw new Error(`The file ${script} does not exist. Install Background Jobs again.`);
  const logPath = join(storage, LOG_NAME);
  const log = openLog(storage, logPath);
  try {
    const outcome = await startRunner(script, storage, env, log);
    if (outcome === 'ready' || outcome === 0) return;
    const lines = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-QUOTED_LINES).join('\n');
    throw new Error(`The runner exited with code ${outcome ?? 'none'}: ${lines}`);
  } finally {
    closeSync(log);
  }
}

/** Creates the storage folder, too. @returns a file descriptor */
function openLog(storage: string, path: string): number {
  try {
    makeFolders(storage);
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw new Error(describeFileError(error), { cause: error });
  }
}

/** @returns 'ready', or the exit code of a runner that exited before it was ready */
async function startRunner(
  script: string,
  storage: string,
  env: NodeJS.ProcessEnv,
  log: number,
): Promise<'ready' | number | null> {
  // A runner started from within a job must not count as one of its processes.
  const { [COOKIE]: _, ...own } = env;
  const child = spawn(process.execPath, [script, storage], {
    cwd: storage,
    // ELECTRON_RUN_AS_NODE makes an Electron binary behave like Node.
    env: { ...own, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', log],
  }) as ChildProcessByStdio<null, Readable, null>;
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const ready = once(child.stdout, 'data').then(() => 'ready' as const);
  try {
    return await Promise.race([ready, exited]);
  } catch (error) {
    const reason = describeSpawnError(error, { program: process.execPath, name: 'program', cwd: storage });
    throw new Error(reason, { cause: error });
  } finally {
    child.stdout.destroy();
    child.unref();
  }
}
