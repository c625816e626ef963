import type { Socket } from 'node:net';
import { joinArguments } from './command-line.ts';
import { openInheritable, openNothing } from './inherited-file.ts';
import { openInheritedPipe } from './inherited-pipe.ts';
import { closeHandle } from './native-module.ts';
import { terminate } from './open-process.ts';
import {
  type CreatedProcess,
  createProcess,
  LEAVE_JOB,
  NO_CONSOLE,
  type ProcessRequest,
} from './process-creation.ts';

/** ERROR_ACCESS_DENIED: the job object lets no process leave. */
const ACCESS_DENIED = 5;

export interface DetachedProcess {
  /** What the process prints to its stdout. */
  readonly stdout: Socket;
  /** Settles with the exit code. */
  readonly exited: Promise<number>;
  /** Ends it at once. */
  readonly kill: () => void;
}

/**
 * Starts a program that shall outlive this process. A terminal, or another program that started this process, may hold it
 * in a job object whose processes end together. The program leaves that, if it may.
 *
 * @param log a file to which its stderr is appended
 * @throws the system's error
 */
export async function startDetached(
  program: string,
  args: readonly string[],
  { cwd, env, log }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly log: string },
): Promise<DetachedProcess> {
  const pipe = await openInheritedPipe();
  const handles = [pipe.theirs];
  try {
    const stdin = openNothing();
    handles.push(stdin);
    const stderr = openInheritable(log, 'log');
    handles.push(stderr);
    const commandLine = joinArguments([program, ...args]);
    const { pid, started, exited } = leaveJobIfAllowed({
      program,
      commandLine,
      cwd,
      env,
      streams: { stdin, stdout: pipe.theirs, stderr },
    });
    return { stdout: pipe.ours, exited, kill: () => terminate(pid, started) };
  } catch (error) {
    pipe.ours.destroy();
    throw error;
  } finally {
    for (const handle of handles) closeHandle(handle);
  }
}

function leaveJobIfAllowed(request: Omit<ProcessRequest, 'flags'>): CreatedProcess {
  try {
    return createProcess({ ...request, flags: NO_CONSOLE | LEAVE_JOB });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).errno !== ACCESS_DENIED) throw error;
    return createProcess({ ...request, flags: NO_CONSOLE });
  }
}
