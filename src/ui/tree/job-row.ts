import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import { duration } from '../../jobs/job-duration.ts';
import type { LogRange } from '../../log/read/log-reader.ts';
import type { ProblemCounts } from '../../problems/problem.ts';
import type { JobRecord, Starter, Status } from '../../protocol/job-record.ts';
import type { InspectResult } from '../../protocol/messages.ts';
import { COMMANDS, CONTEXT_VALUES } from '../contributions.ts';
import { agentName } from '../format/agent-name.ts';
import { formatBytes, formatElapsed } from '../format/amounts.ts';
import { printable } from '../format/printable.ts';
import { problemsText } from '../format/problems-text.ts';
import { statusText } from '../format/status-text.ts';
import { portOf } from './job-addresses.ts';

const MAX_LABEL_LENGTH = 80;
const MAX_TOOLTIP_COMMAND_LENGTH = 500;

const ICONS: Readonly<Record<Status, vscode.ThemeIcon>> = {
  queued: new vscode.ThemeIcon('history', new vscode.ThemeColor('testing.iconQueued')),
  running: new vscode.ThemeIcon('sync~spin', new vscode.ThemeColor('charts.blue')),
  completed: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  killed: new vscode.ThemeIcon('circle-slash'),
  lost: new vscode.ThemeIcon('question', new vscode.ThemeColor('list.warningForeground')),
};

/** The icon of a finished job with processes that are still running. */
const LEFT_BEHIND_ICON = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));

/**
 * Creates the row of a job, without its tooltip.
 *
 * @param addresses URLs of the job
 * @param problems what the job reported
 */
export function jobRow(
  job: JobRecord,
  addresses: readonly string[],
  problems: ProblemCounts | undefined,
): vscode.TreeItem {
  const label = printable(shorten(job.name ?? job.command, MAX_LABEL_LENGTH));
  const item = new vscode.TreeItem(label);
  item.id = job.id;
  item.description = describe(job, addresses, problems);
  item.iconPath = (job.leftBehind ?? 0) > 0 ? LEFT_BEHIND_ICON : ICONS[job.status];
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

/** Describes a job, such as "running · 12s · :5173 · by Copilot" or "failed · 2 errors · exit code 1 · 3s". */
export function describe(
  job: JobRecord,
  addresses: readonly string[] = [],
  problems?: ProblemCounts,
): string {
  const code =
    job.exitCode === undefined || job.exitCode === 0
      ? undefined
      : vscode.l10n.t('exit code {0}', job.exitCode);
  const reason = job.error === undefined ? (job.signal ?? code) : vscode.l10n.t('could not start');
  const by =
    job.startedBy.kind === 'person' ? undefined : vscode.l10n.t('by {0}', starterName(job.startedBy));
  const isRunning = job.status === 'running';
  const time = isRunning ? formatElapsed(Math.max(0, Date.now() - job.startedAt)) : duration(job);
  const { leftBehind = 0 } = job;
  const left = leftBehind > 0 ? vscode.l10n.t('{0} left behind', leftBehind) : undefined;
  const [address] = isRunning ? addresses : [];
  const port = address === undefined ? undefined : `:${portOf(address)}`;
  const found = problems && problemsText(problems);
  return [statusText(job.status), found, left, reason, time, port, by]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** Returns the name of who started a job or requested input. */
export function starterName({ kind, client, conversation }: Starter): string {
  if (kind === 'person') return vscode.l10n.t('you');
  const agent = agentName(client);
  if (agent !== undefined) return agent;
  // VS Code's own agent mode.
  if (conversation !== undefined) return vscode.l10n.t('the chat');
  return client === undefined ? vscode.l10n.t('an agent') : printable(client);
}

/** Returns all details of a job. */
export function jobTooltip(job: JobRecord, log: LogRange, tree: InspectResult): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendCodeblock(printable(job.command.slice(0, MAX_TOOLTIP_COMMAND_LENGTH)), 'shellscript');
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
  line(vscode.l10n.t('Started by'), starterName(job.startedBy));
  line(vscode.l10n.t('Chat'), job.startedBy.conversation);
  line(vscode.l10n.t('Process'), job.pid?.toString());
  line(vscode.l10n.t('Output'), formatBytes(log.end));
  if (tree.processes.length > 0) line(vscode.l10n.t('Processes'), usageText(tree));
  if (tree.ports.length > 0) line(vscode.l10n.t('Ports'), tree.ports.join(', '));
  return text;
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
