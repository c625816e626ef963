import * as vscode from 'vscode';
import { readSettings } from '../settings.ts';
import { startJob, type StartParts } from './start-job.ts';
import { folderOf, workspaceFolders } from './workspace-folders.ts';

/** Runs the selection in the editor, or the line with the cursor, as one script. */
export async function runSelection(parts: StartParts): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const command = editor === undefined ? '' : selectedText(editor);
  if (editor === undefined || command.trim() === '') {
    const text = vscode.l10n.t('Select a command in an editor to run it in the background.');
    void vscode.window.showInformationMessage(text);
    return;
  }
  const { uri } = editor.document;
  // If the workspace has several folders, the command runs in the one that contains the file.
  const own = workspaceFolders().length > 1 && uri.scheme === 'file' ? folderOf(uri.fsPath) : undefined;
  await startJob(parts, { command, cwd: own?.path ?? readSettings().cwd });
}

function selectedText({ document, selections, selection }: vscode.TextEditor): string {
  const selected = selections.filter(({ isEmpty }) => !isEmpty);
  const texts =
    selected.length === 0
      ? [document.lineAt(selection.active).text]
      : [...selected].sort((a, b) => a.start.compareTo(b.start)).map((each) => document.getText(each));
  // A POSIX shell takes a carriage return as part of a word.
  return texts.join('\n').replaceAll('\r\n', '\n').trim();
}
