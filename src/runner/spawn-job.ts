import { spawn, type StdioOptions } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { COOKIE } from '../processes/job-cookie.ts';
import type { JobSpec, TerminalSize } from '../protocol/job-record.ts';
import { JobInput } from './job-input.ts';
import type { JobPipe, PipeEnd } from './job-pipe.ts';
import type { OutputCapture } from './output-capture.ts';
import type { PipePool } from './pipe-pool.ts';
import { loadCLibrary } from './posix/c-library.ts';
import { started } from './posix/node-spawn.ts';
import type { Spawned, StandardFiles } from './posix/posix-spawn.ts';
import type { ProcessStarter } from './posix/process-starter.ts';
import type { SpawnedJob } from './spawned-job.ts';
import { PseudoTerminal } from './terminal/pseudo-terminal.ts';
import { countUnread } from './unread-input.ts';

export interface SpawnOptions {
  /** The whole environment (see `environmentOf`). */
  readonly env: NodeJS.ProcessEnv;
  /** Soft limit of open files; undefined: that of the runner. */
  readonly openFiles: number | undefined;
  readonly output: OutputCapture;
  readonly pipes: PipePool;
  readonly starter: ProcessStarter;
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
  if (spec.terminal !== undefined) return spawnOnTerminal(spec, spec.terminal, options);
  const { output, modulesFolder } = options;
  const pipes = await options.pipes.take(endsOf(spec));
  if (pipes === undefined) return spawnOnOwnPipes(spec, options);
  const { stdin, stdout, stderr } = arrange(pipes);
  let spawned: Spawned;
  try {
    spawned = await start(spec, options, [stdin?.theirs, stdout.theirs, (stderr ?? stdout).theirs]);
  } catch (error) {
    for (const pipe of pipes) pipe.closeOurs();
    throw error;
  } finally {
    for (const pipe of pipes) pipe.closeTheirs();
  }
  output.addPipe('stdout', stdout);
  if (stderr !== undefined) output.addPipe('stderr', stderr);
  const input = new JobInput(stdin?.stream, {
    ...(stdin?.kind === 'fifo' && { onEof: () => admitLateReaders(spawned) }),
    ...(stdin !== undefined && {
      file: stdin.file,
      countUnread: () => countUnreadIn(stdin.descriptor, modulesFolder),
      countHeld: () => stdin.unsentBytes,
    }),
  });
  return { ...spawned, capture: stdout.kind, input };
}

function start(
  spec: JobSpec,
  { env, openFiles, starter, modulesFolder = '' }: SpawnOptions,
  files: StandardFiles,
): Promise<Spawned> {
  const { id, shell, cwd } = spec;
  const request = { file: shell, args: shellArguments(spec), cwd, env, files };
  return starter.start(request, { id, openFiles }, modulesFolder);
}

/** Without FIFOs a pipe cannot have two writers, so merged output is in exact order within each stream only. */
async function spawnOnOwnPipes(
  spec: JobSpec,
  { env, openFiles, output, starter }: SpawnOptions,
): Promise<SpawnedJob> {
  const { id, shell, cwd } = spec;
  const program = { file: shell, args: shellArguments(spec) };
  const { file, args } = await starter.limited(program, { id, openFiles });
  const stdio: StdioOptions = [spec.stdin === 'open' ? 'pipe' : 'ignore', 'pipe', 'pipe'];
  const child = spawn(file, args, { cwd, env, detached: true, stdio });
  const spawned = await started(child);
  output.addStream('stdout', child.stdout as Readable);
  output.addStream('stderr', child.stderr as Readable);
  return { ...spawned, capture: 'socket', input: new JobInput(child.stdin ?? undefined, {}) };
}

async function spawnOnTerminal(
  spec: JobSpec,
  size: TerminalSize,
  options: SpawnOptions,
): Promise<SpawnedJob> {
  const { output, starter, modulesFolder = '' } = options;
  const library = loadCLibrary(modulesFolder);
  starter.use(library);
  const terminal = new PseudoTerminal(library, size);
  let spawned: Spawned;
  try {
    spawned = await start(spec, options, { terminal: terminal.path });
  } catch (error) {
    terminal.close();
    throw error;
  }
  output.addTerminal(terminal);
  return {
    ...spawned,
    input: new JobInput(terminal.input, {
      terminal,
      file: terminal.inputFile,
      countUnread: () => terminal.unreadInput,
      countHeld: () => terminal.input.unsentBytes,
    }),
    capture: 'terminal',
    terminal,
  };
}

/** First and longest pause between two moments at which a late reader is let in. */
const FIRST_ADMISSION_PAUSE_MS = 50;
const LONGEST_ADMISSION_PAUSE_MS = 5000;

/**
 * Opens the stdin of a job for writing, for a moment, again and again. Opening a FIFO for reading waits until it has a
 * writer (fifo(7)), so a job that opens /dev/stdin after its end of file was sent would hang.
 */
function admitLateReaders({ pid, exited }: Spawned): void {
  let timer: NodeJS.Timeout | undefined;
  let hasExited = false;
  const admit = (pause: number): void => {
    if (hasExited) return;
    try {
      closeSync(openSync(`/proc/${pid}/fd/0`, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      return; // No process has it open for reading any more, or there is no /proc.
    }
    timer = setTimeout(admit, pause, Math.min(pause * 2, LONGEST_ADMISSION_PAUSE_MS)).unref();
  };
  void exited.then(() => {
    hasExited = true;
    clearTimeout(timer);
  });
  admit(FIRST_ADMISSION_PAUSE_MS);
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
function endsOf(spec: JobSpec): PipeEnd[] {
  const output: PipeEnd[] = spec.mergeStderr ? ['reader'] : ['reader', 'reader'];
  return spec.stdin === 'open' ? [...output, 'writer'] : output;
}

/** @param pipes one for each of `endsOf()` */
function arrange(pipes: readonly JobPipe[]) {
  const [stdout, stderr] = pipes.filter(({ ours }) => ours === 'reader') as [JobPipe, JobPipe?];
  const stdin = pipes.find(({ ours }) => ours === 'writer');
  return { stdin, stdout, stderr };
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
