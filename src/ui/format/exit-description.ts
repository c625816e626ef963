import * as vscode from 'vscode';
import { duration } from '../../jobs/job-duration.ts';
import type { JobRecord } from '../../protocol/job-record.ts';

/** The last line of a job's output, such as "completed · exit code 0 · 3s". */
export function howItEnded(job: JobRecord): string {
  const code = job.exitCode === undefined ? undefined : vscode.l10n.t('exit code {0}', job.exitCode);
  const parts = [job.status, job.error ?? job.signal ?? code, duration(job)];
  return parts.filter((part) => part !== undefined).join(' · ');
}
