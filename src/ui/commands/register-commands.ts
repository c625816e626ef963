import * as vscode from 'vscode';
import { JobError } from '../../base/job-error.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { CommandContext, Commands, Given } from './command.ts';
import type { JobNode, JobTree } from '../tree/job-tree.ts';
import { lookCommands } from './view-commands.ts';
import { steerCommands } from './control-commands.ts';
import { tidyCommands } from './cleanup-commands.ts';
import { fits, pickJob, type JobSelection } from './job-picker.ts';
import { messageText } from '../format/printable.ts';
import { withoutSecondClicks } from './second-click-guard.ts';

/** The commands of rows and palette. */
export function registerCommands(parts: Omit<CommandContext, 'choose'>): vscode.Disposable {
  const { jobs, tree } = parts;
  const context: CommandContext = {
    ...parts,
    choose: async (given, only) => chooseJobs(await jobs.load(), rowsOf(given, tree), only),
  };
  const commands = withoutSecondClicks(
    { ...lookCommands(context), ...steerCommands(context), ...tidyCommands(context) },
    tree,
  );
  const register = ([id, run]: [string, Commands[string]]): vscode.Disposable =>
    vscode.commands.registerCommand(id, (...given: Given) => run(...given).catch(report));
  return vscode.Disposable.from(...Object.entries(commands).map(register));
}

/** Those of jobs. */
function rowsOf([node, nodes]: Given, tree: JobTree): JobNode[] {
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

/** A row may be older than what happened since: then that is told in place of doing what no longer can be done. */
function jobsOfRows(manager: JobManager, rows: readonly JobNode[], only?: JobSelection): JobRecord[] {
  const known = new Map(manager.jobs.list().map((job) => [job.id, job]));
  const jobs = rows.map(({ id }) => known.get(id)).filter((job) => job !== undefined);
  const fitting = jobs.filter((job) => fits(job, only));
  // Of a selection, what the command does not fit is left out.
  if (fitting.length === 0) void vscode.window.showInformationMessage(whyNot(jobs[0]));
  return fitting;
}

function whyNot(job: JobRecord | undefined): string {
  if (job === undefined) return vscode.l10n.t('This job was removed from the list.');
  return job.status === 'running'
    ? vscode.l10n.t('The job is running. Kill it first.')
    : vscode.l10n.t('The job has already ended ({0}).', job.status);
}

/** Nothing that goes wrong with a job ends the extension: it is told to whoever asked. */
export function report(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  void vscode.window.showErrorMessage(
    messageText(error instanceof JobError ? text : `${vscode.l10n.t('Background Jobs')}: ${text}`),
  );
}
