import { openNothing } from '../../processes/windows/inherited-file.ts';
import { type InheritedPipe, openInheritedPipe } from '../../processes/windows/inherited-pipe.ts';
import { closeHandle, type Handle } from '../../processes/windows/native-module.ts';
import { HIDDEN_CONSOLE } from '../../processes/windows/process-creation.ts';
import { PseudoConsole } from '../../processes/windows/pseudo-console.ts';
import type { ProcessStreams } from '../../processes/windows/startup-info.ts';
import type { JobSpec, TerminalSize } from '../../protocol/job-record.ts';
import { JobInput } from '../job-input.ts';
import type { OutputCapture } from '../output-capture.ts';
import { NativeModuleError } from '../posix/c-library.ts';
import type { SpawnedJob } from '../spawned-job.ts';
import { ConsoleTerminal } from './console-terminal.ts';

/** The streams between the runner and the shell of a job. */
export interface WindowsStreams {
  readonly theirs: ProcessStreams;
  /** What `createProcess` needs for the console of the shell. */
  readonly flags: number;
  /** Called when the shell has been started. */
  connect(output: OutputCapture): Pick<SpawnedJob, 'input' | 'capture' | 'terminal'>;
  /** Called in any case, after the shell has its own copies. */
  closeTheirs(): void;
  /** Called if the shell could not be started. */
  closeOurs(): void;
}

/** @throws the system's error; NativeModuleError if the job wants a terminal that cannot be made here */
export async function openStreams(spec: JobSpec): Promise<WindowsStreams> {
  const ends = new Ends();
  try {
    return spec.terminal === undefined
      ? await openPipes(spec, ends)
      : await openTerminal(spec.terminal, ends);
  } catch (error) {
    ends.closeOurs();
    ends.closeTheirs();
    throw error;
  }
}

/** Pipes, and a console without a window, since programs without a console open one with a window. */
async function openPipes({ stdin: mode, mergeStderr }: JobSpec, ends: Ends): Promise<WindowsStreams> {
  const stdin = mode === 'open' ? await ends.openPipe() : undefined;
  const input = stdin?.theirs ?? ends.openNothing();
  const stdout = await ends.openPipe();
  const stderr = mergeStderr ? undefined : await ends.openPipe();
  return {
    theirs: { stdin: input, stdout: stdout.theirs, stderr: (stderr ?? stdout).theirs },
    flags: HIDDEN_CONSOLE,
    connect(output) {
      output.addStream('stdout', stdout.ours);
      if (stderr !== undefined) output.addStream('stderr', stderr.ours);
      return { input: new JobInput(stdin?.ours, {}), capture: 'pipe' };
    },
    closeTheirs: () => ends.closeTheirs(),
    closeOurs: () => ends.closeOurs(),
  };
}

/** A pseudoconsole. It copies its ends of the pipes. */
async function openTerminal(size: TerminalSize, ends: Ends): Promise<WindowsStreams> {
  // It reads and writes at the same time, which one pipe cannot do.
  const input = await ends.openPipe();
  const drawn = await ends.openPipe();
  const console = createConsole(size, input.theirs, drawn.theirs);
  return {
    theirs: { console: console.handle },
    flags: 0,
    connect(output) {
      const terminal = new ConsoleTerminal(console);
      output.addDrawing(terminal, drawn.ours);
      return { input: new JobInput(input.ours, { terminal }), capture: 'terminal', terminal };
    },
    closeTheirs: () => ends.closeTheirs(),
    closeOurs() {
      ends.closeOurs();
      void console.close();
    },
  };
}

/** @throws NativeModuleError */
function createConsole(size: TerminalSize, input: Handle, output: Handle): PseudoConsole {
  try {
    return new PseudoConsole(size, input, output);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NativeModuleError(`this version of Windows made no pseudoconsole (${reason})`);
  }
}

/** The open ends of pipes. */
class Ends {
  readonly #ours: InheritedPipe['ours'][] = [];
  readonly #theirs: Handle[] = [];

  async openPipe(): Promise<InheritedPipe> {
    const pipe = await openInheritedPipe();
    this.#ours.push(pipe.ours);
    this.#theirs.push(pipe.theirs);
    return pipe;
  }

  openNothing(): Handle {
    const handle = openNothing();
    this.#theirs.push(handle);
    return handle;
  }

  closeOurs(): void {
    for (const each of this.#ours) each.destroy();
  }

  closeTheirs(): void {
    for (const each of this.#theirs.splice(0)) closeHandle(each);
  }
}
