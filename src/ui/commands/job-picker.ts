import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { duration } from '../../jobs/records/job-duration.ts';
import { isFinished, type JobRecord, neverStarted } from '../../protocol/job-record.ts';
import { listText } from '../format/printable.ts';
import { statusText } from '../format/status-text.ts';

const MAX_LABEL_LENGTH = 60;

/** `active`: the job is queued or running. `living`: the job is queued, or a process of it is running, also if the job has finished. */
export type JobSelection = 'running' | 'finished' | 'living' | 'active';

/** Lets the user pick a job from a list. @returns undefined if there are no jobs or the user cancels */
export async function pickJob(manager: JobManager, only?: JobSelection): Promise<JobRecord | undefined> {
  const jobs = manager.jobs.list().filter((job) => hasStatus(job, only));
  if (jobs.length === 0) {
    void vscode.window.showInformationMessage(emptyText(only));
    return undefined;
  }
  const items = jobs.map((job) => ({
    label: listText(shorten(job.name ?? job.command, MAX_LABEL_LENGTH)),
    description: neverStarted(job) ? statusText(job.status) : `${statusText(job.status)} · ${duration(job)}`,
    detail: job.name === undefined ? undefined : listText(shorten(job.command, MAX_LABEL_LENGTH)),
    job,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Choose a background job'),
  });
  return picked?.job;
}

export function hasStatus(job: JobRecord, only?: JobSelection): boolean {
  switch (only) {
    case undefined:
      return true;
    case 'running':
      return job.status === 'running';
    case 'finished':
      return isFinished(job);
    case 'active':
      return !isFinished(job);
    case 'living':
      return !isFinished(job) || (job.leftBehind ?? 0) > 0;
  }
}

function emptyText(only?: JobSelection): string {
  if (only === 'running' || only === 'living' || only === 'active')
    return vscode.l10n.t('No background job is running.');
  if (only === 'finished') return vscode.l10n.t('No background job has finished.');
  return vscode.l10n.t('There are no background jobs.');
}
