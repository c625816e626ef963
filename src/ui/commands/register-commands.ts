import * as vscode from 'vscode';
import { messageOf } from '../../base/error-message.ts';
import { JobError } from '../../base/job-error.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { messageText } from '../format/printable.ts';
import { statusText } from '../format/status-text.ts';
import type { JobNode, JobTree } from '../tree/job-tree.ts';
import { cleanupCommands } from './cleanup-commands.ts';
import type { CommandArguments, CommandContext } from './command.ts';
import { controlCommands } from './control-commands.ts';
import { hasStatus, type JobSelection, pickJob } from './job-picker.ts';
import { createSecondClickGuard } from './second-click-guard.ts';
import { viewCommands } from './view-commands.ts';
import { watchCommands } from './watch-commands.ts';

/** Registers the commands of rows and of the Command Palette that act on existing jobs. */
export function registerCommands(
  parts: Omit<CommandContext, 'choose' | 'ignoreSecondClick' | 'report'>,
): vscode.Disposable {
  const { jobs, tree } = parts;
  const context: CommandContext = {
    ...parts,
    report,
    ignoreSecondClick: createSecondClickGuard(tree),
    choose: async (given, only) => chooseJobs(await jobs.load(), rowsOf(given, tree), only),
  };
  const commands = {
    ...viewCommands(context),
    ...controlCommands(context),
    ...watchCommands(context),
    ...cleanupCommands(context),
  };
  const registrations = Object.entries(commands).map(([id, run]) =>
    vscode.commands.registerCommand(id, (...given: CommandArguments) => run(...given).catch(report)),
  );
  return vscode.Disposable.from(...registrations);
}

/** Returns the rows of jobs that a command was called for. */
function rowsOf([node, nodes]: CommandArguments, tree: JobTree): JobNode[] {
  const rows = node === 'selection' ? tree.selection : (nodes ?? (node === undefined ? [] : [node]));
  return rows.filter((row): row is JobNode => !('group' in row));
}

async function chooseJobs(
  manager: JobManager,
  rows: readonly JobNode[],
  only?: JobSelection,
): Promise<JobRecord[]> {
  await manager.jobs.ready();
  if (rows.length > 0) return jobsOfRows(manager, rows, only);
  const job = await pickJob(manager, only);
  return job === undefined ? [] : [job];
}

/** Returns the jobs of rows that a command applies to. If there are none, a message says why, since a row may be out of date. */
function jobsOfRows(manager: JobManager, rows: readonly JobNode[], only?: JobSelection): JobRecord[] {
  const known = new Map(manager.jobs.list().map((job) => [job.id, job]));
  const jobs = rows.map(({ id }) => known.get(id)).filter((job) => job !== undefined);
  const matching = jobs.filter((job) => hasStatus(job, only));
  if (matching.length === 0) void vscode.window.showInformationMessage(reasonText(jobs[0]));
  return matching;
}

function reasonText(job: JobRecord | undefined): string {
  if (job === undefined) return vscode.l10n.t('This job was removed from the list.');
  if (job.status === 'queued') return vscode.l10n.t('The job is queued and has not started yet.');
  return job.status === 'running'
    ? vscode.l10n.t('The job is running. Kill it first.')
    : vscode.l10n.t('The job has already finished ({0}).', statusText(job.status));
}

/** Shows the error of a command as a notification. */
export function report(error: unknown): void {
  const text = messageOf(error);
  void vscode.window.showErrorMessage(
    messageText(error instanceof JobError ? text : `${vscode.l10n.t('Background Jobs')}: ${text}`),
  );
}
