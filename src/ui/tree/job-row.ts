import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import { runtime } from '../../jobs/records/job-duration.ts';
import type { QueueState } from '../../jobs/records/queue-state.ts';
import type { ProblemCounts } from '../../problems/problem.ts';
import { exitCodeText } from '../../protocol/exit-code.ts';
import { isFinished, type JobRecord, type Starter, type Status } from '../../protocol/job-record.ts';
import { COMMANDS, CONTEXT_FLAGS, CONTEXT_VALUES } from '../contributions.ts';
import { agentName } from '../format/agent-name.ts';
import { formatElapsed } from '../format/amounts.ts';
import { cutToWidth } from '../format/label-width.ts';
import { printable } from '../format/printable.ts';
import { problemsText } from '../format/problems-text.ts';
import { queueText } from '../format/queue-text.ts';
import { statusText } from '../format/status-text.ts';
import { turningMs } from '../format/turning-icon.ts';
import { portOf } from './job-addresses.ts';

/**
 * Width of a label, in usual characters. VS Code cuts the description first if a row is too narrow, and the status must
 * stay visible in a sidebar of the usual width.
 */
const MAX_LABEL_WIDTH = 20;
/** Characters of a label that is cut, in its description and for screen readers. */
const MAX_FULL_LABEL_LENGTH = 80;

const ICONS: Readonly<Record<Status, vscode.ThemeIcon>> = {
  queued: new vscode.ThemeIcon('history', new vscode.ThemeColor('testing.iconQueued')),
  running: new vscode.ThemeIcon('sync~spin', new vscode.ThemeColor('charts.blue')),
  completed: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  killed: new vscode.ThemeIcon('circle-slash'),
  lost: new vscode.ThemeIcon('question', new vscode.ThemeColor('list.warningForeground')),
};

/** The icon of a job that has been running for long. */
const STILL_ICON = new vscode.ThemeIcon('sync', new vscode.ThemeColor('charts.blue'));

const READY_ICON = new vscode.ThemeIcon('play-circle', new vscode.ThemeColor('charts.green'));

/** The icon of a job that waits for input. */
const ASKS_ICON = new vscode.ThemeIcon('keyboard', new vscode.ThemeColor('charts.yellow'));

/** The icon of a running job that reported errors, such as a compiler that watches files. */
const ERRORS_ICON = new vscode.ThemeIcon('bug', new vscode.ThemeColor('list.errorForeground'));

/** The icon of a finished job with processes that are still running. */
const LEFT_BEHIND_ICON = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));

/** What a row shows besides the record of its job. */
export interface RowDetails {
  /** URLs of the job. */
  readonly addresses?: readonly string[];
  /** What the job reported. */
  readonly problems?: ProblemCounts | undefined;
  /** Why the job is queued. */
  readonly queue?: QueueState | undefined;
  /** Whether the job waits for input. */
  readonly asks?: boolean;
  readonly isWatched?: boolean;
  /** The URI of the file that a dragged row becomes. */
  readonly file?: vscode.Uri;
}

/** Creates the row of a job, without its tooltip. */
export function jobRow(job: JobRecord, details: RowDetails): vscode.TreeItem {
  const full = printable(shorten(job.name ?? job.command, MAX_FULL_LABEL_LENGTH));
  const label = cutToWidth(full, MAX_LABEL_WIDTH);
  const item = new vscode.TreeItem(label);
  const description = describe(job, details);
  item.id = job.id;
  item.description = label === full ? description : `${description} · ${full}`;
  item.iconPath = iconOf(job, details);
  if (details.file !== undefined) item.resourceUri = details.file;
  item.contextValue = contextOf(job, details);
  item.accessibilityInformation = { label: `${full}, ${description}` };
  item.command = {
    command: COMMANDS.showOutput,
    title: vscode.l10n.t('Show Output'),
    arguments: [{ id: job.id }],
  };
  return item;
}

function iconOf(job: JobRecord, { asks = false, problems }: RowDetails): vscode.ThemeIcon {
  const { status, leftBehind = 0, readySince } = job;
  if (leftBehind > 0) return LEFT_BEHIND_ICON;
  if (asks) return ASKS_ICON;
  if (status === 'running' && (problems?.error ?? 0) > 0) return ERRORS_ICON;
  if (status !== 'running') return ICONS[status];
  if (readySince !== undefined) return READY_ICON;
  return turningMs(job) > 0 ? ICONS.running : STILL_ICON;
}

function contextOf({ status, leftBehind = 0 }: JobRecord, details: RowDetails): string {
  const { addresses = [], asks = false, isWatched = false } = details;
  const watched = isWatched ? CONTEXT_FLAGS.watched : '';
  if (status === 'queued') return `${CONTEXT_VALUES.queued}${watched}`;
  if (status !== 'running') return leftBehind > 0 ? CONTEXT_VALUES.leftBehind : CONTEXT_VALUES.finished;
  const web = addresses.length > 0 ? CONTEXT_FLAGS.web : '';
  return `${CONTEXT_VALUES.running}${web}${asks ? CONTEXT_FLAGS.asks : ''}${watched}`;
}

/**
 * Describes a job, such as "ready :5173 · 12s · by Copilot", "running · waits for input · 5s", "failed · 2 errors · exit
 * code 1 · 3s" or "queued · after db".
 */
export function describe(job: JobRecord, details: RowDetails = {}): string {
  const { addresses = [], problems, queue, asks = false, isWatched = false } = details;
  const code =
    job.exitCode === undefined || job.exitCode === 0
      ? undefined
      : vscode.l10n.t('exit code {0}', exitCodeText(job.exitCode));
  const failure =
    job.failedDependency === undefined ? vscode.l10n.t('could not start') : vscode.l10n.t('not started');
  const reason = job.error === undefined ? (job.signal ?? code) : failure;
  const by =
    job.startedBy.kind === 'person' ? undefined : vscode.l10n.t('by {0}', starterName(job.startedBy));
  const isRunning = job.status === 'running';
  const { leftBehind = 0 } = job;
  const left = leftBehind > 0 ? vscode.l10n.t('{0} left behind', leftBehind) : undefined;
  const [address] = isRunning ? addresses : [];
  const readyPort = isReady(job) && job.ready?.until === 'port' ? job.ready.port : undefined;
  const port = address === undefined || portOf(address) === readyPort ? undefined : `:${portOf(address)}`;
  const found = problems && problemsText(problems);
  const place = queue && queueText(queue);
  const input = isRunning && asks ? vscode.l10n.t('waits for input') : undefined;
  const watched = !isFinished(job) && isWatched ? vscode.l10n.t('watched') : undefined;
  const terminal = isRunning && job.terminal !== undefined ? vscode.l10n.t('terminal') : undefined;
  return [stateText(job), input, place, found, left, reason, timeText(job), port, terminal, by, watched]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function isReady({ status, readySince }: JobRecord): boolean {
  return status === 'running' && readySince !== undefined;
}

function stateText(job: JobRecord): string {
  if (!isReady(job)) return statusText(job.status);
  return job.ready?.until === 'port' && job.ready.port !== undefined
    ? vscode.l10n.t('ready :{0}', job.ready.port)
    : vscode.l10n.t({ message: 'ready', comment: ['Said of a running job, such as a server'] });
}

/** Returns undefined for a job that never started. */
function timeText(job: JobRecord): string | undefined {
  if (!isFinished(job)) return formatElapsed(Math.max(0, Date.now() - job.startedAt));
  return runtime(job);
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
