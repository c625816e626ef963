import * as vscode from 'vscode';
import type { JobTable } from '../../jobs/records/job-table.ts';
import { type QueueState, queueStateOf } from '../../jobs/records/queue-state.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { printable } from './printable.ts';

/** Characters of an id that identify a job to a person. */
const SHORT_ID_LENGTH = 8;

/** Says why a job is queued, such as "after db" or "place 2 in the queue". */
export function queueText({ waitsFor, position }: QueueState): string {
  if (position !== undefined) return vscode.l10n.t('place {0} in the queue', position);
  const names = waitsFor.map(({ id, name }) => printable(name ?? id.slice(0, SHORT_ID_LENGTH)));
  return vscode.l10n.t('after {0}', names.join(', '));
}

/** Says in a view of a job's output why there is none yet. Undefined if the job is not queued. */
export function queuedRemark(jobs: JobTable, job: JobRecord): string | undefined {
  const queue = queueStateOf(jobs, job);
  return queue && vscode.l10n.t('The job is queued ({0}) and has not started yet.', queueText(queue));
}
