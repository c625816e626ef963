import * as vscode from 'vscode';
import type { Status } from '../../protocol/job-record.ts';

/** Returns the localized name of a status. */
export function statusText(status: Status): string {
  const texts: Readonly<Record<Status, string>> = {
    queued: vscode.l10n.t('queued'),
    running: vscode.l10n.t('running'),
    completed: vscode.l10n.t('completed'),
    failed: vscode.l10n.t('failed'),
    killed: vscode.l10n.t('killed'),
    lost: vscode.l10n.t('lost'),
  };
  return texts[status];
}
