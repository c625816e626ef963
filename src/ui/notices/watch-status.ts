import * as vscode from 'vscode';
import { COMMANDS, WATCH_STATUS_BAR_ITEM } from '../contributions.ts';
import { listText, messageText } from '../format/printable.ts';
import type { ManagerSource } from '../manager-source.ts';
import { eventsText, offerToChat } from './watch-notices.ts';

const MAX_TEXT_LENGTH = 40;

/** Shows in the status bar what happened to watched jobs, until the user or the model has seen it. */
export function showWatchStatus(jobs: ManagerSource): { dispose(): void } {
  const item = vscode.window.createStatusBarItem(WATCH_STATUS_BAR_ITEM, vscode.StatusBarAlignment.Left);
  item.name = vscode.l10n.t('Watched Background Jobs');
  item.command = COMMANDS.showWatchEvents;
  jobs.onCreated((manager) => {
    manager.watches.on('unseen', () => {
      const texts = [...manager.watches.unseen()].flatMap(([id, events]) => {
        const job = manager.jobs.find(id);
        return job === undefined ? [] : eventsText(job, events);
      });
      const [only = ''] = texts;
      const shown = only.length > MAX_TEXT_LENGTH ? `${only.slice(0, MAX_TEXT_LENGTH - 1)}…` : only;
      item.text = `$(bell-dot) ${texts.length === 1 ? messageText(shown) : texts.length}`;
      item.tooltip = messageText(texts.join('\n'));
      item.accessibilityInformation = { label: vscode.l10n.t('Watched jobs: {0}', texts.join('; ')) };
      if (texts.length === 0) item.hide();
      else item.show();
    });
  });
  return item;
}

/** Lists what happened to watched jobs. The user opens the output of one, or passes all to the chat. */
export async function pickWatchEvent(jobs: ManagerSource): Promise<void> {
  const manager = await jobs.load();
  const unseen = [...manager.watches.unseen()];
  const ids = unseen.map(([id]) => id);
  const items = unseen.flatMap(([id, events]) => {
    const job = manager.jobs.find(id);
    return job === undefined ? [] : [{ label: listText(eventsText(job, events)), id }];
  });
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing new happened to watched jobs.'));
    return;
  }
  const chat = { label: vscode.l10n.t('$(comment-discussion) Ask Chat'), id: undefined };
  const dismiss = { label: vscode.l10n.t('$(clear-all) Dismiss All'), id: undefined };
  const picked = await vscode.window.showQuickPick([...items, chat, dismiss], {
    placeHolder: vscode.l10n.t('Show the output of a watched job'),
  });
  if (picked === undefined) return;
  if (picked === chat) offerToChat(manager, ids);
  else if (picked === dismiss) for (const id of ids) manager.watches.seen(id);
  else await vscode.commands.executeCommand(COMMANDS.showOutput, { id: picked.id });
}
