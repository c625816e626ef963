import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { messageText } from '../format/printable.ts';
import { readSettings } from '../settings.ts';
import { scriptCommand } from './script-file.ts';
import { shellKind } from './shell-quoting.ts';
import { startJob, type StartParts } from './start-job.ts';

/** Runs script files in their folders: the clicked ones, or the file of the active editor. */
export async function runFile(parts: StartParts, clicked: readonly vscode.Uri[]): Promise<void> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const uris = clicked.length === 0 && active !== undefined ? [active] : clicked;
  const files = uris.filter(({ scheme }) => scheme === 'file');
  if (files.length === 0) {
    const text = vscode.l10n.t('To run a script in the background, open it or select it in the Explorer.');
    void vscode.window.showInformationMessage(text);
    return;
  }
  const kind = shellKind(readSettings().shell);
  for (const uri of files) {
    const path = uri.fsPath;
    // The shell reads the file from disk, so unsaved changes are saved first.
    await vscode.workspace.textDocuments
      .find((each) => each.uri.toString() === uri.toString() && each.isDirty)
      ?.save();
    const command = scriptCommand(path, kind);
    if (command === undefined) {
      const text = vscode.l10n.t(
        'The file type of {0} is unknown. Add a first line such as #!/bin/sh to run it.',
        basename(path),
      );
      void vscode.window.showInformationMessage(messageText(text));
    } else {
      await startJob(parts, { command, cwd: dirname(path), name: basename(path) });
    }
  }
}
