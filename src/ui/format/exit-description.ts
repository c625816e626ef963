import * as vscode from 'vscode';
import { runtime } from '../../jobs/records/job-duration.ts';
import { exitCodeText } from '../../protocol/exit-code.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { statusText } from './status-text.ts';

/** Describes how a job ended, such as "completed · exit code 0 · 3s". */
export function describeEnd(job: JobRecord): string {
  const code =
    job.exitCode === undefined ? undefined : vscode.l10n.t('exit code {0}', exitCodeText(job.exitCode));
  const parts = [statusText(job.status), job.error ?? job.signal ?? code, runtime(job)];
  return parts.filter((part) => part !== undefined).join(' · ');
}
