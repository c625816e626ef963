import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { WatchEvent } from '../../jobs/watch/watch-events.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { printable } from './printable.ts';
import { statusText } from './status-text.ts';

const MAX_LINE_LENGTH = 100;

/** Returns what happened to a watched job, such as "ready", "failed" or "printed “error TS2304”". */
export function watchText(job: JobRecord, { on, line = '', count }: WatchEvent): string {
  switch (on) {
    case 'ready':
      return vscode.l10n.t({ message: 'ready', comment: ['Said of a running job, such as a server'] });
    case 'exit':
      return statusText(job.status);
    case 'input':
      return vscode.l10n.t('waits for input');
    case 'match': {
      const shown = printable(shorten(line, MAX_LINE_LENGTH));
      return count === 1
        ? vscode.l10n.t('printed “{0}”', shown)
        : vscode.l10n.t('printed “{0}” and {1} more such lines', shown, count - 1);
    }
  }
}
