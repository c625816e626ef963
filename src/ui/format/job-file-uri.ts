import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { JOB_SCHEME } from '../contributions.ts';

const MAX_TITLE_LENGTH = 40;

/** Returns the URI of the file about a job. */
export function jobFileUri({ id, name, command }: JobRecord): vscode.Uri {
  const title = shorten(name ?? command, MAX_TITLE_LENGTH).replaceAll(/[\\/:*?"<>|#]/g, '-');
  return vscode.Uri.from({ scheme: JOB_SCHEME, path: `/${id}/${title}.log` });
}
