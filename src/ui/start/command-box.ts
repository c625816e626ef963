import * as vscode from 'vscode';
import { listText } from '../format/printable.ts';
import { folderLabel } from './workspace-folders.ts';
import type { CommandHistory, HistoryEntry } from './command-history.ts';

/** What is in the box while it is made. */
export interface Draft {
  readonly text: string;
  /** The folder that was chosen for it; else it is not decided yet. */
  readonly folder?: string | undefined;
}

export type Answer =
  | { readonly kind: 'typed'; readonly draft: Draft }
  | { readonly kind: 'entry'; readonly entry: HistoryEntry }
  | { readonly kind: 'chooseFolder'; readonly draft: Draft };

interface Row extends vscode.QuickPickItem {
  /** Of the history; the row for what is typed has none. */
  readonly entry?: HistoryEntry;
}

/** Characters of a command that a row shows. */
const MAX_ROW = 500;

/**
 * The box into which a command is typed, with the history below. Undefined when the user quits.
 *
 * The commands are the descriptions of their rows, not the labels. VS Code sorts rows by how their labels match, at
 * once; what an extension changes while somebody types comes later. So the row for what is typed stays the first, and
 * Enter never runs anything else, however slow the extension host is.
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

  const rowOf = (entry: HistoryEntry): Row => ({
    label: '$(history)',
    description: listText(entry.command.slice(0, MAX_ROW)),
    detail: listText(folderLabel(entry.cwd)),
    // The box holds one line.
    buttons: entry.command.includes('\n') ? [removeButton] : [editButton, removeButton],
    entry,
  });
  const fill = (): void => {
    box.items = [
      {
        label: `$(play) ${vscode.l10n.t('Run in {0}', listText(folderLabel(folder ?? defaultFolder)))}`,
        alwaysShow: true,
      },
      ...history.list().map(rowOf),
    ];
  };

  box.title = vscode.l10n.t('Run Command in Background');
  box.placeholder = vscode.l10n.t('A command such as npm run dev');
  box.matchOnDescription = true;
  box.ignoreFocusOut = true;
  box.keepScrollPosition = true;
  box.buttons = [folderButton];
  fill();
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
      fill();
    });
    box.onDidHide(() => {
      box.dispose();
      resolve(answer);
    });
    box.show();
  });
}
