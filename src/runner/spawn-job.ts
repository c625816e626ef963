import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { COOKIE } from '../processes/job-cookie.ts';
import type { JobSpec, TerminalSize } from '../protocol/job-record.ts';
import type { FifoEnd } from './fifo.ts';
import type { FifoPool } from './fifo-pool.ts';
import { JobInput } from './job-input.ts';
import type { JobPipe } from './job-pipe.ts';
import type { CommandLine, LimitSetter } from './limit-setter.ts';
import type { OutputCapture } from './output-capture.ts';
import type { SpawnedJob } from './spawned-job.ts';
import { loadCLibrary } from './terminal/c-library.ts';
import { PseudoTerminal } from './terminal/pseudo-terminal.ts';
import { countUnread } from './unread-input.ts';

export interface SpawnOptions {
  /** The whole environment (see `environmentOf`). */
  readonly env: NodeJS.ProcessEnv;
  /** Soft limit of open files; undefined: that of the runner. */
  readonly openFiles: number | undefined;
  readonly output: OutputCapture;
  readonly fifos: FifoPool;
  readonly limits: LimitSetter;
  /** See `HelloParams`. */
  readonly modulesFolder: string | undefined;
}

/** Returns the environment of a job. @param base that of the jobs of its client */
export function environmentOf(spec: JobSpec, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // A shell takes PWD as its working directory if it names the same folder. So a symbolic link stays as it was given.
  const folder = process.platform === 'win32' ? {} : { PWD: spec.cwd };
  const kind = spec.terminal === undefined ? {} : terminalEnvironment(spec);
  const own = { ...folder, ...kind, ...spec.env, [COOKIE]: spec.id };
  return process.platform === 'win32' ? mergeWithoutCase(base, own) : { ...base, ...own };
}

/** On Windows, `Path` and `PATH` are the same variable. */
function mergeWithoutCase(base: NodeJS.ProcessEnv, own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const merged = new Map<string, readonly [string, string | undefined]>();
  for (const [name, value] of [...Object.entries(base), ...Object.entries(own)])
    merged.set(name.toUpperCase(), [name, value]);
  return Object.fromEntries(merged.values());
}

/** A person can leave a pager. An agent reads the pages anyway. */
function terminalEnvironment({ startedBy }: JobSpec): NodeJS.ProcessEnv {
  const names = { TERM: 'xterm-256color', COLORTERM: 'truecolor', PYTHONUNBUFFERED: undefined };
  return startedBy.kind === 'person' ? { ...names, PAGER: undefined, GIT_PAGER: undefined } : names;
}

/**
 * Starts the shell of a job as the leader of its own session and process group.
 *
 * @throws the system's error: no such shell or folder (ENOENT), no more processes (EAGAIN) or descriptors (EMFILE)
 * @throws NativeModuleError if the job wants a terminal that cannot be made here
 */
export async function spawnJob(spec: JobSpec, options: SpawnOptions): Promise<SpawnedJob> {
  if (process.platform === 'win32') {
    const { spawnOnWindows } = await import('./windows/windows-spawn.ts');
    return spawnOnWindows(spec, options);
  }
  const { file, args } = options.limits.wrap(
    { file: spec.shell, args: shellArguments(spec) },
    { id: spec.id, openFiles: options.openFiles },
  );
  if (spec.terminal !== undefined) return spawnOnTerminal(spec, spec.terminal, { file, args }, options);
  const { env, output, fifos, modulesFolder } = options;
  const pipes = await fifos.take(endsOf(spec));
  const arranged = pipes && arrange(pipes);
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd: spec.cwd,
      env,
      detached: true,
      stdio: arranged?.stdio ?? ownPipes(spec),
    });
    await started(child);
  } catch (error) {
    for (const pipe of pipes ?? []) pipe.closeOurs();
    throw error;
  } finally {
    for (const pipe of pipes ?? []) pipe.closeTheirs();
  }
  const pid = child.pid as number;
  const exited = untilExit(child);
  if (arranged === undefined) {
    connectOwnPipes(child, output);
    return { pid, exited, capture: 'socket', input: new JobInput(child.stdin ?? undefined, {}) };
  }
  const { stdin, stdout, stderr } = arranged;
  output.addPipe('stdout', stdout);
  if (stderr !== undefined) output.addPipe('stderr', stderr);
  const input = new JobInput(stdin?.stream, {
    onEof: () => admitLateReaders(child),
    ...(stdin !== undefined && {
      file: stdin.file,
      countUnread: () => countUnreadIn(stdin.descriptor, modulesFolder),
    }),
  });
  return { pid, exited, capture: 'fifo', input };
}

/**
 * A session leader that opens a terminal gets it as its controlling terminal (credentials(7), on macOS tty(4)). Node cannot
 * open it in the new process, so a shell does, and then becomes the program.
 */
const OPEN_TERMINAL = 'exec <"$0" >"$0" 2>&1 && exec "$@"';

async function spawnOnTerminal(
  spec: JobSpec,
  size: TerminalSize,
  { file, args }: CommandLine,
  { env, output, modulesFolder }: SpawnOptions,
): Promise<SpawnedJob> {
  const terminal = new PseudoTerminal(loadCLibrary(modulesFolder ?? ''), size);
  let child: ChildProcess;
  try {
    child = spawn('/bin/sh', ['-c', OPEN_TERMINAL, terminal.path, file, ...args], {
      cwd: spec.cwd,
      env,
      detached: true,
      stdio: 'ignore',
    });
    await started(child);
  } catch (error) {
    terminal.close();
    throw error;
  }
  output.addTerminal(terminal);
  return {
    pid: child.pid as number,
    input: new JobInput(terminal.input, {
      terminal,
      file: terminal.inputFile,
      countUnread: () => terminal.unreadInput,
      countHeld: () => terminal.input.unsentBytes,
    }),
    capture: 'terminal',
    terminal,
    exited: untilExit(child),
  };
}

function untilExit(child: ChildProcess): SpawnedJob['exited'] {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}

/** First and longest pause between two moments at which a late reader is let in. */
const FIRST_ADMISSION_PAUSE_MS = 50;
const LONGEST_ADMISSION_PAUSE_MS = 5000;

/**
 * Opens the stdin of a job for writing, for a moment, again and again. Opening a FIFO for reading waits until it has a
 * writer (fifo(7)), so a job that opens /dev/stdin after its end of file was sent would hang.
 */
function admitLateReaders(child: ChildProcess, pause = FIRST_ADMISSION_PAUSE_MS): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  try {
    closeSync(openSync(`/proc/${child.pid ?? 0}/fd/0`, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    return; // No process has it open for reading any more, or there is no /proc.
  }
  setTimeout(admitLateReaders, pause, child, Math.min(pause * 2, LONGEST_ADMISSION_PAUSE_MS)).unref();
}

/** Waits for the pid. @throws the error of a failed spawn, some of which Node reports only in an event */
async function started(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined) {
    // It has started, so errors can only come from signals that we do not send through Node.
    child.on('error', () => undefined);
    return;
  }
  await new Promise((_resolve, reject) => child.once('error', reject));
}

function shellArguments({ shell, command, terminal }: JobSpec): string[] {
  if (basename(shell) === 'pwsh') {
    // Without a terminal, a question is an error.
    const mode = terminal === undefined ? ['-NonInteractive'] : [];
    return ['-NoProfile', ...mode, '-Command', command];
  }
  // Shells do not agree on how options end, but a leading blank means nothing to any of them.
  return ['-c', /^[-+]/.test(command) ? ` ${command}` : command];
}

/** Returns the runner's ends of the pipes of a job: of its stdout, stderr and stdin. */
function endsOf(spec: JobSpec): FifoEnd[] {
  const output: FifoEnd[] = spec.mergeStderr ? ['reader'] : ['reader', 'reader'];
  return spec.stdin === 'open' ? [...output, 'writer'] : output;
}

/** @param pipes one for each of `endsOf()` */
function arrange(pipes: readonly JobPipe[]) {
  const [stdout, stderr] = pipes.filter(({ ours }) => ours === 'reader') as [JobPipe, JobPipe?];
  const stdin = pipes.find(({ ours }) => ours === 'writer');
  const stdio: StdioOptions = [stdin?.theirs ?? 'ignore', stdout.theirs, (stderr ?? stdout).theirs];
  return { stdin, stdout, stderr, stdio };
}

/** Without native code, it is not known. */
function countUnreadIn(descriptor: number, modulesFolder = ''): number | undefined {
  try {
    return countUnread(loadCLibrary(modulesFolder), descriptor);
  } catch {
    // There is no native module for this system, or an update has removed it.
    return undefined;
  }
}

function ownPipes(spec: JobSpec): StdioOptions {
  return [spec.stdin === 'open' ? 'pipe' : 'ignore', 'pipe', 'pipe'];
}

/** Without FIFOs a pipe cannot have two writers, so merged output is in exact order within each stream only. */
function connectOwnPipes(child: ChildProcess, output: OutputCapture): void {
  output.addStream('stdout', child.stdout as Readable);
  output.addStream('stderr', child.stderr as Readable);
}
