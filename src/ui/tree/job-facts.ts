import * as vscode from 'vscode';
import type { LogRange } from '../../log/read/log-reader.ts';
import { type JobRecord, neverStarted, terminalSizeOf } from '../../protocol/job-record.ts';
import type { InspectResult } from '../../protocol/messages.ts';
import { formatBytes } from '../format/amounts.ts';
import { printable } from '../format/printable.ts';
import { describe, starterName } from './job-row.ts';

/** Returns all that is known about a job, as printable lines of a label and a value. */
export function jobFacts(
  job: JobRecord,
  log: LogRange,
  tree: InspectResult,
): (readonly [label: string, value: string])[] {
  const time = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toLocaleString();
  const facts: [string, string | undefined][] = [
    [vscode.l10n.t('Status'), describe(job)],
    [vscode.l10n.t('Error'), job.error],
    [vscode.l10n.t('Folder'), job.cwd],
    [startLabel(job), time(job.startedAt)],
    [vscode.l10n.t('Ready since'), time(job.readySince)],
    [vscode.l10n.t('Not ready'), job.readyError],
    [vscode.l10n.t('Ended'), time(job.endedAt)],
    [vscode.l10n.t('Started by'), starterName(job.startedBy)],
    [vscode.l10n.t('Approved by'), job.approvedBy],
    [vscode.l10n.t('Chat'), job.startedBy.conversation],
    [vscode.l10n.t('Process'), job.pid?.toString()],
    [vscode.l10n.t('Terminal'), terminalText(job)],
    [vscode.l10n.t('Output'), formatBytes(log.end)],
    [vscode.l10n.t('Processes'), tree.processes.length === 0 ? undefined : usageText(tree)],
    [vscode.l10n.t('Ports'), tree.ports.length === 0 ? undefined : tree.ports.join(', ')],
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, printable(value)] as const]));
}

function startLabel(job: JobRecord): string {
  if (job.status === 'queued') return vscode.l10n.t('Queued');
  return neverStarted(job) ? vscode.l10n.t('Requested') : vscode.l10n.t('Started');
}

function terminalText(job: JobRecord): string | undefined {
  const size = terminalSizeOf(job);
  if (size !== undefined) return vscode.l10n.t('{0} × {1}', size.columns, size.rows);
  return job.lacksTerminal === undefined ? undefined : vscode.l10n.t('none, because {0}', job.lacksTerminal);
}

function usageText({ processes }: InspectResult): string {
  const memory = processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const cpu = processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return vscode.l10n.t(
    '{0}, using {1} of memory and {2} s of CPU time',
    processes.length,
    formatBytes(memory),
    (cpu / 1000).toFixed(1),
  );
}
