import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import { duration } from '../../jobs/job-duration.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord, Status } from '../../protocol/job-record.ts';
import { listText } from '../format/printable.ts';

const MAX_LABEL = 60;

/** A job that the user picks from a list. Undefined when there is none, or they quit. */
export async function pickJob(
  manager: JobManager,
  only?: 'running' | 'finished',
): Promise<JobRecord | undefined> {
  const jobs = manager.jobs.list().filter(({ status }) => fits(status, only));
  if (jobs.length === 0) {
    void vscode.window.showInformationMessage(noneText(only));
    return undefined;
  }
  const items = jobs.map((job) => ({
    label: listText(shorten(job.name ?? job.command, MAX_LABEL)),
    description: `${job.status} · ${duration(job)}`,
    detail: job.name === undefined ? undefined : listText(shorten(job.command, MAX_LABEL)),
    job,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Choose a background job'),
  });
  return picked?.job;
}

export function fits(status: Status, only?: 'running' | 'finished'): boolean {
  return only === undefined || (status === 'running') === (only === 'running');
}

function noneText(only?: 'running' | 'finished'): string {
  if (only === 'running') return vscode.l10n.t('No background job is running.');
  if (only === 'finished') return vscode.l10n.t('No background job has finished.');
  return vscode.l10n.t('There are no background jobs.');
}
