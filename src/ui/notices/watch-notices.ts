import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { WatchEvent } from '../../jobs/watch/watch-events.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { COMMANDS } from '../contributions.ts';
import { messageText, printable } from '../format/printable.ts';
import { watchText } from '../format/watch-text.ts';
import type { ManagerSource } from '../manager-source.ts';
import { describe } from '../tree/job-row.ts';
import { lastLines, openChat } from './chat-message.ts';
import { type ClaimNotice, noticeClaims } from './notice-claim.ts';
import { NoticeQueue } from './notice-queue.ts';

/** Events within this time share a notification. An agent that waits for one reads it sooner. */
const COLLECT_MS = 1000;
const MAX_NAME_LENGTH = 60;

interface WatchNoticeOptions {
  readonly jobs: ManagerSource;
  /** Returns true if the output of a job is certainly visible. */
  readonly isVisible: (id: string) => boolean;
}

/** Notifies the user of events of watched jobs that neither the user nor the model has seen, and offers them to the chat. */
export function showWatchNotices({ jobs, isVisible }: WatchNoticeOptions): { dispose(): void } {
  const claim = noticeClaims({ isFocused: () => vscode.window.state.focused });
  const queue = new NoticeQueue<string>(COLLECT_MS, (ids) => {
    const manager = jobs.get();
    for (const id of ids) if (isVisible(id)) manager.watches.seen(id);
    const unseen = [...new Set(ids)].filter((id) => manager.watches.unseenOf(id).length > 0);
    void claimed(manager, unseen, claim).then((own) => notify(manager, own));
  });
  jobs.onCreated((manager) => manager.watches.on('event', ({ id }) => queue.push(id)));
  return queue;
}

/** Returns what happened to a job, such as "dev: ready, printed “error”". */
export function eventsText(job: JobRecord, events: readonly WatchEvent[]): string {
  const texts = events.map((event) => watchText(job, event));
  return `${printable(shorten(job.name ?? job.command, MAX_NAME_LENGTH))}: ${texts.join(', ')}`;
}

/** Opens the chat with a message about jobs and their last lines, and notes that their events were seen. */
export function offerToChat(manager: JobManager, ids: readonly string[]): void {
  const jobs = ids.flatMap((id) => manager.jobs.find(id) ?? []);
  const parts = jobs.map((job) => {
    const what = eventsText(job, manager.watches.unseenOf(job.id));
    return `${what} (${job.id}, ${describe(job)})${lastLines(manager, job)}`;
  });
  openChat(`${vscode.l10n.t('News of background jobs:')} ${parts.join('\n')}\n`);
  for (const { id } of jobs) manager.watches.seen(id);
}

/** Returns the jobs with an event for which no other window shows a notice. The status bar shows them all in each window. */
async function claimed(manager: JobManager, ids: readonly string[], claim: ClaimNotice): Promise<string[]> {
  const own: string[] = [];
  for (const id of ids) {
    if (manager.jobs.find(id) === undefined) continue;
    const folder = manager.logs.folder(id);
    const claims = await Promise.all(
      manager.watches.unseenOf(id).map(({ on, pattern = '' }) => claim(folder, `${on} ${pattern}`)),
    );
    if (claims.includes(true)) own.push(id);
  }
  return own;
}

async function notify(manager: JobManager, ids: readonly string[]): Promise<void> {
  const jobs = ids.flatMap((id) => manager.jobs.find(id) ?? []);
  const [job] = jobs;
  if (job === undefined) return;
  const message = jobs.map((each) => eventsText(each, manager.watches.unseenOf(each.id))).join('; ');
  const output = vscode.l10n.t('Show Output');
  const answer = vscode.l10n.t('Answer…');
  const chat = vscode.l10n.t('Ask Chat');
  const hasQuestion = manager.watches.unseenOf(job.id).some(({ on }) => on === 'input');
  const ofOne = jobs.length > 1 ? [] : hasQuestion ? [answer, output] : [output];
  const chosen = await vscode.window.showInformationMessage(messageText(message), ...ofOne, chat);
  if (chosen === chat) offerToChat(manager, ids);
  else if (chosen === output) await vscode.commands.executeCommand(COMMANDS.showOutput, { id: job.id });
  else if (chosen === answer) await vscode.commands.executeCommand(COMMANDS.answer, { id: job.id });
}
