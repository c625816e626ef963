import * as vscode from 'vscode';
import { duration, shorten } from '../jobs/describe.ts';
import type { JobManager } from '../jobs/manager.ts';
import type { JobRecord } from '../runner/records.ts';
import { printable, type JobNode } from './job-tree.ts';

const MAX_LABEL = 60;

/** The job of the row that was clicked, else one that the user picks. Undefined when there is none, or they quit. */
export async function pickJob(
  manager: JobManager,
  node: JobNode | undefined,
  { onlyRunning }: { readonly onlyRunning: boolean },
): Promise<JobRecord | undefined> {
  await manager.ready();
  if (node !== undefined) return manager.get(node.id);
  const jobs = manager.list().filter(({ status }) => !onlyRunning || status === 'running');
  if (jobs.length === 0) {
    const text = onlyRunning
      ? vscode.l10n.t('No background job is running.')
      : vscode.l10n.t('There are no background jobs.');
    void vscode.window.showInformationMessage(text);
    return undefined;
  }
  const items = jobs.map((job) => ({
    label: printable(shorten(job.name ?? job.command, MAX_LABEL)),
    description: `${job.status} · ${duration(job)}`,
    detail: job.name === undefined ? undefined : printable(shorten(job.command, MAX_LABEL)),
    job,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Choose a background job'),
  });
  return picked?.job;
}
