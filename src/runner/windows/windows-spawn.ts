import { createProcess } from '../../processes/windows/process-creation.ts';
import { shellCommandLine } from '../../processes/windows/shell-command.ts';
import { startFolder } from '../../processes/windows/start-folder.ts';
import type { JobSpec } from '../../protocol/job-record.ts';
import type { OutputCapture } from '../output-capture.ts';
import type { SpawnedJob } from '../spawned-job.ts';
import { WindowsJob } from './windows-job.ts';
import { openStreams } from './windows-streams.ts';

/**
 * Starts the shell of a job in a Job Object of its own, with a console that has no window.
 *
 * @throws the system's error, in the form of Node's; NativeModuleError if the job wants a terminal that cannot be made here
 */
export async function spawnOnWindows(
  spec: JobSpec,
  { env, output }: { readonly env: NodeJS.ProcessEnv; readonly output: OutputCapture },
): Promise<SpawnedJob> {
  const { shell, command } = spec;
  const streams = await openStreams(spec);
  let container: WindowsJob | undefined;
  try {
    container = new WindowsJob();
    const { pid, started, exited } = createProcess({
      program: shell,
      commandLine: shellCommandLine(shell, command, { isInteractive: spec.terminal !== undefined }),
      cwd: startFolder(spec.cwd),
      env,
      streams: streams.theirs,
      job: container.object.handle,
      flags: streams.flags,
    });
    return {
      pid,
      started,
      container,
      ...streams.connect(output),
      exited: exited.then((code) => ({ code, signal: null })),
    };
  } catch (error) {
    container?.close();
    streams.closeOurs();
    throw error;
  } finally {
    streams.closeTheirs();
  }
}
