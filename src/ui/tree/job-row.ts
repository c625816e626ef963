import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import { duration } from '../../jobs/job-duration.ts';
import type { LogRange } from '../../log/read/log-reader.ts';
import type { InspectResult } from '../../protocol/messages.ts';
import type { JobRecord, Starter, Status } from '../../protocol/job-record.ts';
import { COMMANDS, CONTEXT_VALUES } from '../contributions.ts';
import { portOf } from './job-addresses.ts';
import { printable } from '../format/printable.ts';
import { formatBytes, formatElapsed } from '../format/amounts.ts';

const MAX_LABEL = 80;
const MAX_TOOLTIP = 500;

const ICONS: Readonly<Record<Status, vscode.ThemeIcon>> = {
  running: new vscode.ThemeIcon('sync~spin', new vscode.ThemeColor('charts.blue')),
  completed: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  killed: new vscode.ThemeIcon('circle-slash'),
  lost: new vscode.ThemeIcon('question', new vscode.ThemeColor('list.warningForeground')),
};

/**
 * How a job stands in the tree. Its tooltip is made when somebody points at it.
 *
 * @param addresses URLs at which it can be reached
 */
export function jobRow(job: JobRecord, addresses: readonly string[]): vscode.TreeItem {
  const label = printable(shorten(job.name ?? job.command, MAX_LABEL));
  const item = new vscode.TreeItem(label);
  item.id = job.id;
  item.description = describe(job, addresses);
  item.iconPath = ICONS[job.status];
  item.contextValue = contextOf(job, addresses);
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  item.command = {
    command: COMMANDS.showOutput,
    title: vscode.l10n.t('Show Output'),
    arguments: [{ id: job.id }],
  };
  return item;
}

function contextOf({ status, leftBehind = 0 }: JobRecord, addresses: readonly string[]): string {
  if (status !== 'running') return leftBehind > 0 ? CONTEXT_VALUES.leftBehind : CONTEXT_VALUES.finished;
  return addresses.length > 0 ? CONTEXT_VALUES.reachable : CONTEXT_VALUES.running;
}

/** Such as "running · 12s · :5173 · by Copilot", "failed · exit code 1 · 3s". */
export function describe(job: JobRecord, addresses: readonly string[] = []): string {
  const code =
    job.exitCode === undefined || job.exitCode === 0
      ? undefined
      : vscode.l10n.t('exit code {0}', job.exitCode);
  const how = job.error === undefined ? (job.signal ?? code) : vscode.l10n.t('could not start');
  const who = job.startedBy.kind === 'person' ? undefined : vscode.l10n.t('by {0}', starter(job.startedBy));
  const isRunning = job.status === 'running';
  const time = isRunning ? formatElapsed(Math.max(0, Date.now() - job.startedAt)) : duration(job);
  const { leftBehind = 0 } = job;
  const left = leftBehind > 0 ? vscode.l10n.t('{0} left behind', leftBehind) : undefined;
  const [address] = isRunning ? addresses : [];
  const port = address === undefined ? undefined : `:${portOf(address)}`;
  return [statusText(job.status), how, time, left, port, who]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function statusText(status: Status): string {
  const texts: Readonly<Record<Status, string>> = {
    running: vscode.l10n.t('running'),
    completed: vscode.l10n.t('completed'),
    failed: vscode.l10n.t('failed'),
    killed: vscode.l10n.t('killed'),
    lost: vscode.l10n.t('lost'),
  };
  return texts[status];
}

/** Who started a job, or asks for something. */
export function starter({ kind, client, conversation }: Starter): string {
  if (kind === 'person') return vscode.l10n.t('you');
  // The client is then this VS Code.
  if (conversation !== undefined) return vscode.l10n.t('the chat');
  return client === undefined ? vscode.l10n.t('an agent') : printable(client);
}

/** Everything that is known of a job. */
export function jobTooltip(job: JobRecord, log: LogRange, tree: InspectResult): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendCodeblock(printable(job.command.slice(0, MAX_TOOLTIP)), 'shellscript');
  const line = (name: string, value: string | undefined): void => {
    if (value !== undefined) text.appendText(`${name}: ${printable(value)}\n`);
  };
  const time = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toLocaleString();
  line(vscode.l10n.t('Status'), describe(job));
  line(vscode.l10n.t('Error'), job.error);
  line(vscode.l10n.t('Folder'), job.cwd);
  line(vscode.l10n.t('Started'), time(job.startedAt));
  line(vscode.l10n.t('Ended'), time(job.endedAt));
  line(vscode.l10n.t('Started by'), starter(job.startedBy));
  line(vscode.l10n.t('Chat'), job.startedBy.conversation);
  line(vscode.l10n.t('Process'), job.pid?.toString());
  line(vscode.l10n.t('Output'), formatBytes(log.end));
  if (tree.processes.length > 0) line(vscode.l10n.t('Processes'), usage(tree));
  if (tree.ports.length > 0) line(vscode.l10n.t('Ports'), tree.ports.join(', '));
  return text;
}

function usage({ processes }: InspectResult): string {
  const memory = processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const cpu = processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return vscode.l10n.t(
    '{0}, with {1} of memory and {2} s of CPU time',
    processes.length,
    formatBytes(memory),
    (cpu / 1000).toFixed(1),
  );
}
