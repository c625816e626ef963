import * as vscode from 'vscode';
import { listText } from '../format/printable.ts';
import type { CommandHistory, HistoryEntry } from './command-history.ts';
import { folderLabel } from './workspace-folders.ts';

/** The content of the box while the user edits a command. */
export interface Draft {
  readonly text: string;
  /** The folder that the user chose. */
  readonly folder?: string | undefined;
}

type Answer =
  | { readonly kind: 'typed'; readonly draft: Draft }
  | { readonly kind: 'entry'; readonly entry: HistoryEntry }
  | { readonly kind: 'chooseFolder'; readonly draft: Draft };

interface Row extends vscode.QuickPickItem {
  /** The entry of the history. The row of the typed command has none. */
  readonly entry?: HistoryEntry;
}

/** How much of a command a row shows. */
const MAX_ROW_LENGTH = 500;

/**
 * Asks for a command in a box that lists the history.
 *
 * The commands are the descriptions of their rows, not the labels. VS Code sorts rows by label while the user types,
 * before an extension can react. This way the row of the typed command stays first, and Enter always runs it.
 *
 * @returns undefined if the user cancels
 */
export function askForCommand(
  history: CommandHistory,
  draft: Draft,
  defaultFolder: string,
): Promise<Answer | undefined> {
  const box = vscode.window.createQuickPick<Row>();
  const folderButton = {
    iconPath: new vscode.ThemeIcon('folder-opened'),
    tooltip: vscode.l10n.t('Choose Folder…'),
  };
  const editButton = { iconPath: new vscode.ThemeIcon('edit'), tooltip: vscode.l10n.t('Edit') };
  const removeButton = {
    iconPath: new vscode.ThemeIcon('close'),
    tooltip: vscode.l10n.t('Remove from History'),
  };
  let { folder } = draft;

  const createRow = (entry: HistoryEntry): Row => ({
    label: '$(history)',
    description: listText(entry.command.slice(0, MAX_ROW_LENGTH)),
    detail: listText(folderLabel(entry.cwd)),
    // The box has only one line, so commands with several lines cannot be edited.
    buttons: entry.command.includes('\n') ? [removeButton] : [editButton, removeButton],
    entry,
  });
  const updateItems = (): void => {
    box.items = [
      {
        label: `$(play) ${vscode.l10n.t('Run in {0}', listText(folderLabel(folder ?? defaultFolder)))}`,
        alwaysShow: true,
      },
      ...history.list().map(createRow),
    ];
  };

  box.title = vscode.l10n.t('Run Command in Background');
  box.placeholder = vscode.l10n.t('Type a command, for example npm run dev');
  box.matchOnDescription = true;
  box.ignoreFocusOut = true;
  box.keepScrollPosition = true;
  box.buttons = [folderButton];
  updateItems();
  box.value = draft.text;

  return new Promise((resolve) => {
    let answer: Answer | undefined;
    const close = (value: Answer): void => {
      answer = value;
      box.hide();
    };
    box.onDidAccept(() => {
      const entry = box.selectedItems[0]?.entry;
      if (entry !== undefined) close({ kind: 'entry', entry });
      else if (box.value.trim() !== '') close({ kind: 'typed', draft: { text: box.value, folder } });
    });
    box.onDidTriggerButton(() => close({ kind: 'chooseFolder', draft: { text: box.value, folder } }));
    box.onDidTriggerItemButton(async ({ item: { entry }, button }) => {
      if (entry === undefined) return;
      if (button === editButton) {
        folder = entry.cwd;
        box.value = entry.command;
      } else {
        await history.remove(entry);
      }
      updateItems();
    });
    box.onDidHide(() => {
      box.dispose();
      resolve(answer);
    });
    box.show();
  });
}
