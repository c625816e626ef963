import { openNothing } from '../../processes/windows/inherited-file.ts';
import { type InheritedPipe, openInheritedPipe } from '../../processes/windows/inherited-pipe.ts';
import { closeHandle } from '../../processes/windows/native-module.ts';
import { createProcess, HIDDEN_CONSOLE } from '../../processes/windows/process-creation.ts';
import { shellCommandLine } from '../../processes/windows/shell-command.ts';
import { startFolder } from '../../processes/windows/start-folder.ts';
import type { JobSpec } from '../../protocol/job-record.ts';
import { JobInput } from '../job-input.ts';
import type { OutputCapture } from '../output-capture.ts';
import type { SpawnedJob } from '../spawned-job.ts';
import { NativeModuleError } from '../terminal/c-library.ts';
import { WindowsJob } from './windows-job.ts';

/**
 * Starts the shell of a job in a Job Object of its own, with a console without a window.
 *
 * @throws the system's error, in the form of Node's; NativeModuleError if the job wants a terminal
 */
export async function spawnOnWindows(
  spec: JobSpec,
  { env, output }: { readonly env: NodeJS.ProcessEnv; readonly output: OutputCapture },
): Promise<SpawnedJob> {
  if (spec.terminal !== undefined) throw new NativeModuleError('terminals are not supported on Windows yet');
  const opened: InheritedPipe[] = [];
  const openPipe = async (): Promise<InheritedPipe> => {
    const pipe = await openInheritedPipe();
    opened.push(pipe);
    return pipe;
  };
  const nothing = spec.stdin === 'open' ? undefined : openNothing();
  let container: WindowsJob | undefined;
  try {
    const stdin = nothing === undefined ? await openPipe() : undefined;
    const stdout = await openPipe();
    const stderr = spec.mergeStderr ? undefined : await openPipe();
    container = new WindowsJob();
    const { pid, started, exited } = createProcess({
      program: spec.shell,
      commandLine: shellCommandLine(spec.shell, spec.command),
      cwd: startFolder(spec.cwd),
      env,
      stdin: stdin?.theirs ?? nothing ?? 0,
      stdout: stdout.theirs,
      stderr: (stderr ?? stdout).theirs,
      job: container.object.handle,
      flags: HIDDEN_CONSOLE,
    });
    output.addStream('stdout', stdout.ours);
    if (stderr !== undefined) output.addStream('stderr', stderr.ours);
    return {
      pid,
      started,
      input: new JobInput(stdin?.ours, {}),
      capture: 'pipe',
      container,
      exited: exited.then((code) => ({ code, signal: null })),
    };
  } catch (error) {
    container?.close();
    for (const { ours } of opened) ours.destroy();
    throw error;
  } finally {
    for (const { theirs } of opened) closeHandle(theirs);
    if (nothing !== undefined) closeHandle(nothing);
  }
}
