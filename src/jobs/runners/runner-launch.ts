import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { asSentence } from '../../base/error-message.ts';
import { JobError } from '../../base/job-error.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { setPatientTimeout } from '../../base/patient-timeout.ts';
import { describeSpawnError } from '../../base/spawn-error.ts';
import { COOKIE } from '../../processes/job-cookie.ts';

/** The log of the runners in a storage folder. */
const LOG_NAME = 'runner.log';
/** What a runner prints when it listens. */
interface Readiness {
  /** See `launchRunner`. */
  readonly endsWithStarter: boolean;
}
/** What a runner prints when it cannot listen: the reason, in whole sentences that say what to do. */
interface StartFailure {
  readonly error: string;
}
/** How long a runner may take until it listens. One that is stopped never does. On a busy machine it takes seconds. */
const LAUNCH_TIMEOUT_MS = 30_000;
/** How much of the log the error of a failed start quotes. */
const QUOTED_LINES = 10;

/**
 * Starts a runner process for a storage folder. Resolves when it listens, or when it found that another runner was
 * first.
 *
 * @returns true if the runner ends with the program that started this process, such as a terminal tab (Windows)
 * @param script path of the bundled `main.ts`
 * @param env environment of the runner
 * @throws JobError or the file system's error, otherwise an Error that says in whole sentences why it cannot run
 */
export async function launchRunner(
  script: string,
  storage: string,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  // A missing script would be reported with Node's stack trace.
  if (!existsSync(script))
    throw new Error(`The file ${script} does not exist. Install Background Jobs again.`);
  const logPath = join(storage, LOG_NAME);
  const log = openLog(storage, logPath);
  try {
    const outcome = await startRunner(script, storage, env, { path: logPath, descriptor: log });
    if (outcome === 0) return false;
    if (typeof outcome === 'number' || outcome === null) throw new Error(describeExit(outcome, logPath));
    if ('error' in outcome) throw new JobError(outcome.error);
    return outcome.endsWithStarter;
  } finally {
    closeSync(log);
  }
}

/** The lines of the log become one: a line break would be shown as an escape sequence. */
function describeExit(code: number | null, logPath: string): string {
  const lines = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-QUOTED_LINES);
  const text = lines.map((line) => line.trim()).join(' ');
  return `The runner exited with code ${code ?? 'none'}. ${text === '' ? 'It printed no reason.' : asSentence(text)}`;
}

function describeDelay(logPath: string): string {
  return (
    `The runner did not listen within ${LAUNCH_TIMEOUT_MS / 1000} s, so it was ended. Try again. If this happens again, ` +
    `check whether the machine is overloaded, and read ${logPath}.`
  );
}

/** Creates the storage folder, too. @returns a file descriptor @throws the file system's error */
function openLog(storage: string, path: string): number {
  makeFolders(storage);
  return openSync(path, 'a', 0o600);
}

/** @returns what a runner prints, or the exit code of one that printed nothing. A runner that does neither is ended */
async function startRunner(
  script: string,
  storage: string,
  env: NodeJS.ProcessEnv,
  log: { readonly path: string; readonly descriptor: number },
): Promise<Readiness | StartFailure | number | null> {
  // A runner started from within a job must not count as one of its processes.
  const { [COOKIE]: _, ...own } = env;
  // ELECTRON_RUN_AS_NODE makes an Electron binary behave like Node.
  const options = { cwd: storage, env: { ...own, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' } };
  let runner: StartedRunner | undefined;
  let cancel: (() => void) | undefined;
  try {
    const started = await (process.platform === 'win32' ? startOnWindows : startOnPosix)([script, storage], {
      ...options,
      log,
    });
    runner = started;
    const ready = once(started.stdout, 'data').then(
      ([line]) => JSON.parse(String(line)) as Readiness | StartFailure,
    );
    started.stdout.resume();
    const late = new Promise<StartFailure>((resolve) => {
      cancel = setPatientTimeout(() => {
        // All later calls would wait for it, too. The next one starts another runner.
        started.kill();
        resolve({ error: describeDelay(log.path) });
      }, LAUNCH_TIMEOUT_MS);
    });
    return await Promise.race([ready, started.exited, late]);
  } catch (error) {
    const reason = describeSpawnError(error, { program: process.execPath, name: 'program', cwd: storage });
    throw new Error(reason, { cause: error });
  } finally {
    cancel?.();
    runner?.stdout.destroy();
  }
}

interface StartedRunner {
  readonly stdout: Readable;
  /** Settles with the exit code. */
  readonly exited: Promise<number | null>;
  /** Ends it at once, also if it is stopped. */
  readonly kill: () => void;
}

interface RunnerStart {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: { readonly path: string; readonly descriptor: number };
}

async function startOnPosix(args: readonly string[], { cwd, env, log }: RunnerStart): Promise<StartedRunner> {
  const child = spawn(process.execPath, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', log.descriptor],
  }) as ChildProcessByStdio<null, Readable, null>;
  child.unref();
  // Not its exit, which may be noticed before what it has printed.
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { stdout: child.stdout, exited, kill: () => void child.kill('SIGKILL') };
}

async function startOnWindows(
  args: readonly string[],
  { cwd, env, log }: RunnerStart,
): Promise<StartedRunner> {
  const { startDetached } = await import('../../processes/windows/detached-process.ts');
  return startDetached(process.execPath, args, { cwd, env, log: log.path });
}
