import type * as vscode from 'vscode';
import { hasRunnerFiles, watchRunners } from '../protocol/runner-files.ts';
import type { ManagerSource } from './manager-source.ts';

/**
 * Loads the job manager as soon as a runner exists, so that the view and the status bar show its jobs. Another window on
 * the same folder may start the runner.
 */
export function showRunningJobs(
  jobs: ManagerSource,
  storage: string,
  log: vscode.LogOutputChannel,
): { dispose(): void } {
  const findJobs = (): void => {
    if (!hasRunnerFiles(storage)) return;
    jobs
      .load()
      .then((manager) => manager.jobs.attach())
      // Every later use of the jobs tries again and reports the error.
      .catch((error: unknown) => log.debug(`jobs of a running runner: ${String(error)}`));
  };
  findJobs();
  const watcher = watchRunners(storage, findJobs);
  jobs.onCreated(() => watcher?.close());
  return { dispose: () => watcher?.close() };
}
