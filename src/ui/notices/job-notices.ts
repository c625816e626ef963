import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { COMMANDS, OTHER_SETTINGS, SETTINGS_SECTION } from '../contributions.ts';
import { describe } from '../tree/job-row.ts';
import type { ManagerSource } from '../manager-source.ts';
import { NoticeQueue } from './notice-queue.ts';
import { messageText, printable } from '../format/printable.ts';

/** How long (ms) ends are gathered that come together, as those of jobs that depend on each other. */
const GATHER = 1000;
const MAX_NAME = 60;

export interface NoticeOptions {
  readonly jobs: ManagerSource;
  /** Whether the output of a job is in sight. */
  readonly isInSight: (id: string) => boolean;
}

/** Tells the person when a job fails that they do not look at, as the setting says. */
export function showNotices({ jobs, isInSight }: NoticeOptions): { dispose(): void } {
  const queue = new NoticeQueue<JobRecord>(GATHER, (ended) => {
    tellChat(ended);
    void tell(ended.filter((job) => isWorthWords(job) && !isInSight(job.id)));
  });
  jobs.whenMade((manager) => {
    const running = new Set<string>();
    // What ended while nobody was connected is history.
    manager.jobs.on('changed', (job) => {
      if (job.status === 'running') running.add(job.id);
      else if (running.delete(job.id) && isByItself(job)) queue.push(job);
    });
    manager.jobs.on('removed', ({ id }) => running.delete(id));
  });
  return queue;
}

/** Whoever ended it knows. SIGINT is what Ctrl+C sends, and nothing else does. */
function isByItself({ endedBy, signal }: JobRecord): boolean {
  return endedBy !== 'person' && endedBy !== 'agent' && signal !== 'SIGINT';
}

function isWorthWords({ status }: JobRecord): boolean {
  const when = setting<string>(OTHER_SETTINGS.notify, 'failed');
  return when === 'all' || (when === 'failed' && status !== 'completed');
}

function setting<T>(name: string, fallback: T): T {
  return vscode.workspace.getConfiguration(SETTINGS_SECTION).get(name, fallback);
}

/** The chat is opened with a message that the person may send: nothing is said in their name. */
function tellChat(ended: readonly JobRecord[]): void {
  const failed = ended.filter(
    ({ status, startedBy }) => status !== 'completed' && startedBy.conversation !== undefined,
  );
  if (failed.length === 0 || !setting<boolean>(OTHER_SETTINGS.tellChat, false)) return;
  const names = failed.map((job) => `${nameOf(job)} (${job.id}, ${describe(job)})`).join('; ');
  const query = vscode.l10n.t('A background job has ended: {0}. Look at its output and tell me why.', names);
  void vscode.commands.executeCommand('workbench.action.chat.open', { query, isPartialQuery: true });
}

async function tell(ended: readonly JobRecord[]): Promise<void> {
  const [job, ...others] = ended;
  if (job === undefined) return;
  const isGood = ended.every(({ status }) => status === 'completed');
  const show = isGood ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const output = vscode.l10n.t('Show Output');
  const restart = vscode.l10n.t('Restart');
  if (others.length > 0) {
    const names = ended.map((each) => `${nameOf(each)} (${each.status})`).join(', ');
    await show(messageText(vscode.l10n.t('{0} background jobs have ended: {1}', ended.length, names)));
    return;
  }
  const answer = await show(messageText(`${nameOf(job)}: ${describe(job)}`), output, restart);
  if (answer === output) await vscode.commands.executeCommand(COMMANDS.showOutput, { id: job.id });
  else if (answer === restart) await vscode.commands.executeCommand(COMMANDS.restart, { id: job.id });
}

function nameOf({ name, command }: JobRecord): string {
  return printable(shorten(name ?? command, MAX_NAME));
}
