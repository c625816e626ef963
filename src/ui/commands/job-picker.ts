import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import { duration } from '../../jobs/job-duration.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { listText } from '../format/printable.ts';

const MAX_LABEL = 60;

/** `living`: a process of the job is running, also if the job has finished. */
export type JobSelection = 'running' | 'finished' | 'living';

/** A job that the user picks from a list. Undefined when there is none, or they quit. */
export async function pickJob(manager: JobManager, only?: JobSelection): Promise<JobRecord | undefined> {
  const jobs = manager.jobs.list().filter((job) => fits(job, only));
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

export function fits({ status, leftBehind = 0 }: JobRecord, only?: JobSelection): boolean {
  const isRunning = status === 'running';
  if (only === 'living') return isRunning || leftBehind > 0;
  return only === undefined || isRunning === (only === 'running');
}

function noneText(only?: JobSelection): string {
  if (only === 'running' || only === 'living') return vscode.l10n.t('No background job is running.');
  if (only === 'finished') return vscode.l10n.t('No background job has finished.');
  return vscode.l10n.t('There are no background jobs.');
}
