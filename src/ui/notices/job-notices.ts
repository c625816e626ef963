import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import { wasStopped } from '../../jobs/watch/watch-events.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import { COMMANDS, NOTIFIED_JOBS, OTHER_SETTINGS } from '../contributions.ts';
import { messageText, printable } from '../format/printable.ts';
import { statusText } from '../format/status-text.ts';
import type { ManagerSource } from '../manager-source.ts';
import { readSetting } from '../settings.ts';
import { describe } from '../tree/job-row.ts';
import { jobsForChat } from './chat-jobs.ts';
import { openChat } from './chat-message.ts';
import { noticeClaims } from './notice-claim.ts';
import { NoticeQueue } from './notice-queue.ts';

/** Jobs that end within this time, such as jobs that depend on each other, share a notification. */
const COLLECT_MS = 1000;
const MAX_NAME_LENGTH = 60;

interface NoticeOptions {
  readonly jobs: ManagerSource;
  /** Returns true if the output of a job is certainly visible. */
  readonly isVisible: (id: string) => boolean;
}

/**
 * Notifies the user when a job fails whose output is not visible. A setting chooses the jobs. Of several windows on a
 * folder, one does so.
 */
export function showNotices({ jobs, isVisible }: NoticeOptions): { dispose(): void } {
  const claim = noticeClaims({ isFocused: () => vscode.window.state.focused });
  /** Returns the jobs about which no other window says the same. */
  const claimed = async (ended: readonly JobRecord[], what: string): Promise<readonly JobRecord[]> => {
    const { logs } = jobs.get();
    const isOwn = await Promise.all(
      // A job that never started has no folder. What it waited for may have one.
      ended.map(({ id, after = [] }) => {
        const folders = [id, ...after].map((each) => logs.folder(each));
        return claim(folders.find((folder) => existsSync(folder)) ?? folders[0]!, `${id} ${what}`);
      }),
    );
    return ended.filter((_, at) => isOwn[at]);
  };
  const queue = new NoticeQueue<JobRecord>(COLLECT_MS, (ended) => {
    const told = jobsForChat(ended, readSetting(OTHER_SETTINGS.tellChat));
    void claimed(told, 'told to the chat').then(tellChat);
    const notified = ended.filter((job) => isNotified(job) && !isVisible(job.id) && !isWatched(job));
    void claimed(notified, 'ended').then(notify);
  });
  // The notification of a watch says more.
  const isWatched = (job: JobRecord): boolean => jobs.get().watches.eventsOf(job).includes('exit');
  jobs.onCreated((manager) => {
    const active = new Set<string>();
    // Jobs that ended while no window was connected are not reported.
    manager.jobs.on('changed', (job) => {
      if (!isFinished(job)) active.add(job.id);
      else if (active.delete(job.id) && !wasStopped(job)) queue.push(job);
    });
    manager.jobs.on('removed', ({ id }) => active.delete(id));
  });
  return queue;
}

function isNotified({ status }: JobRecord): boolean {
  const value = readSetting(OTHER_SETTINGS.notifyWhenJobEnds);
  const notified = NOTIFIED_JOBS.find((each) => each === value) ?? 'failed';
  return notified === 'all' || (notified === 'failed' && status !== 'completed');
}

/** Opens the chat with a message about jobs that ended. */
function tellChat(told: readonly JobRecord[]): void {
  if (told.length === 0) return;
  const names = told.map((job) => `${nameOf(job)} (${job.id}, ${describe(job)})`).join('; ');
  const query = told.every(({ status }) => status === 'completed')
    ? vscode.l10n.t('Background job completed: {0}. Read its output and report the result.', names)
    : vscode.l10n.t('Background job failed: {0}. Read its output and explain why.', names);
  openChat(query);
}

async function notify(ended: readonly JobRecord[]): Promise<void> {
  const [job, ...others] = ended;
  if (job === undefined) return;
  const areCompleted = ended.every(({ status }) => status === 'completed');
  const show = areCompleted ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const output = vscode.l10n.t('Show Output');
  const restart = vscode.l10n.t('Restart');
  if (others.length > 0) {
    const names = ended.map((each) => `${nameOf(each)} (${statusText(each.status)})`).join(', ');
    await show(messageText(vscode.l10n.t('{0} background jobs ended: {1}', ended.length, names)));
    return;
  }
  const answer = await show(messageText(`${nameOf(job)}: ${describe(job)}`), output, restart);
  if (answer === output) await vscode.commands.executeCommand(COMMANDS.showOutput, { id: job.id });
  else if (answer === restart) await vscode.commands.executeCommand(COMMANDS.restart, { id: job.id });
}

function nameOf({ name, command }: JobRecord): string {
  return printable(shorten(name ?? command, MAX_NAME_LENGTH));
}
