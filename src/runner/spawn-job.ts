import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { basename } from 'node:path';
import { openFifo, type Fifo, type FifoPool } from './fifo-pool.ts';
import { JobInput } from './job-input.ts';
import type { OutputCapture } from './output-capture.ts';
import type { JobSpec, JobState } from '../protocol/job-record.ts';
import { COOKIE } from '../processes/job-cookie.ts';

export interface SpawnedJob {
  readonly pid: number;
  readonly input: JobInput;
  readonly capture: NonNullable<JobState['capture']>;
  /** Settles when the shell has ended; its pipes may still hold output. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/**
 * Starts the shell of a job as the leader of its own session and process group, with its output going to
 * `output`.
 *
 * @param env the whole environment less the cookie
 * @throws the system's error: no such shell or folder (ENOENT), no more processes (EAGAIN) or descriptors (EMFILE)
 */
export async function spawnJob(
  spec: JobSpec,
  env: NodeJS.ProcessEnv,
  output: OutputCapture,
  fifos: FifoPool,
): Promise<SpawnedJob> {
  const names = await fifos.take(pipeCount(spec));
  const pipes = names === undefined ? undefined : openPipes(spec, names);
  let child: ChildProcess;
  try {
    child = spawn(spec.shell, shellArguments(spec), {
      cwd: spec.cwd,
      env: { ...env, ...spec.env, [COOKIE]: spec.id },
      detached: true,
      windowsHide: true,
      stdio: pipes?.stdio ?? ownPipes(spec),
    });
    await started(child);
  } catch (error) {
    pipes?.closeOurs();
    throw error;
  } finally {
    pipes?.closeTheirs();
  }
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  if (pipes === undefined) connectOwnPipes(child, output);
  else pipes.connect(output);
  const stdin = pipes?.stdin ?? child.stdin ?? undefined;
  return {
    pid: child.pid as number,
    input: new JobInput(stdin, () => {
      if (pipes !== undefined) admitLateReaders(child);
    }),
    capture: pipes !== undefined ? 'fifo' : process.platform === 'win32' ? 'pipe' : 'socket',
    exited,
  };
}

/** First and longest pause (ms) between two moments at which a late reader is let in. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 5000;

/**
 * Opening a FIFO to read waits until it has a writer, as opening a pipe does not (fifo(7)). A job that opens
 * /dev/stdin after its end of file was sent would hang: so it has a writer for a moment, now and then.
 */
function admitLateReaders(child: ChildProcess, pause = FIRST_PAUSE): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  try {
    closeSync(openSync(`/proc/${child.pid ?? 0}/fd/0`, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    return; // Nobody can read any more, or there is no /proc.
  }
  setTimeout(admitLateReaders, pause, child, Math.min(pause * 2, LONGEST_PAUSE)).unref();
}

/** @throws the error of a spawn that failed: Node reports some of them in an event only */
async function started(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined) {
    child.on('error', () => undefined);
    return;
  }
  await new Promise((_resolve, reject) => child.once('error', reject));
}

function shellArguments({ shell, command }: JobSpec): string[] {
  const name = basename(shell).toLowerCase();
  if (/^(powershell|pwsh)(\.exe)?$/.test(name)) return ['-NoProfile', '-NonInteractive', '-Command', command];
  if (/^cmd(\.exe)?$/.test(name)) return ['/d', '/s', '/c', `"${command}"`];
  return ['-c', command];
}

function pipeCount(spec: JobSpec): number {
  return 1 + (spec.mergeStderr ? 0 : 1) + (spec.stdin === 'open' ? 1 : 0);
}

/** @param names of as many FIFOs as `pipeCount` tells */
function openPipes(spec: JobSpec, names: string[]) {
  const opened: { fifo: Fifo; ours: 'reader' | 'writer' }[] = [];
  const open = (ours: 'reader' | 'writer'): Fifo => {
    const fifo = openFifo(names[opened.length] ?? '', ours);
    opened.push({ fifo, ours });
    return fifo;
  };
  const theirs = ({ fifo, ours }: (typeof opened)[number]): number =>
    ours === 'reader' ? fifo.writer : fifo.reader;
  try {
    const stdout = open('reader');
    const stderr = spec.mergeStderr ? undefined : open('reader');
    const stdin = spec.stdin === 'open' ? open('writer') : undefined;
    const stdio: StdioOptions = [stdin?.reader ?? 'ignore', stdout.writer, (stderr ?? stdout).writer];
    return {
      stdio,
      get stdin(): Writable | undefined {
        return stdin && new Socket({ fd: stdin.writer, readable: false, writable: true });
      },
      connect(output: OutputCapture): void {
        output.addDescriptor('stdout', stdout.reader);
        if (stderr !== undefined) output.addDescriptor('stderr', stderr.reader);
      },
      /** The child has its own copies now. */
      closeTheirs(): void {
        for (const each of opened) closeSync(theirs(each));
      },
      closeOurs(): void {
        for (const { fifo, ours } of opened) closeSync(fifo[ours]);
      },
    };
  } catch (error) {
    for (const { fifo } of opened) {
      closeSync(fifo.reader);
      closeSync(fifo.writer);
    }
    throw error;
  }
}

function ownPipes(spec: JobSpec): StdioOptions {
  return [spec.stdin === 'open' ? 'pipe' : 'ignore', 'pipe', 'pipe'];
}

/** Without FIFOs there is no second writer for one pipe: merged output is exact within each stream only. */
function connectOwnPipes(child: ChildProcess, output: OutputCapture): void {
  output.addStream('stdout', child.stdout as Readable);
  output.addStream('stderr', child.stderr as Readable);
}
