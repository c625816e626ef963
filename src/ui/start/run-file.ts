import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { messageText } from '../format/printable.ts';
import { readSettings } from '../settings.ts';
import { shellKind } from './shell-quoting.ts';
import { scriptCommand } from './script-file.ts';
import { startJob, type StartParts } from './start-job.ts';

/** Runs script files, each in its folder: those that were clicked, or that of the active editor. */
export async function runFile(parts: StartParts, clicked: readonly vscode.Uri[]): Promise<void> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const uris = clicked.length === 0 && active !== undefined ? [active] : clicked;
  const files = uris.filter(({ scheme }) => scheme === 'file');
  if (files.length === 0) {
    const text = vscode.l10n.t(
      'Open a script file, or choose one in the Explorer, to run it in the background.',
    );
    void vscode.window.showInformationMessage(text);
    return;
  }
  const kind = shellKind(readSettings().shell);
  for (const uri of files) {
    const path = uri.fsPath;
    // What runs is what is on the disk.
    await vscode.workspace.textDocuments
      .find((each) => each.uri.toString() === uri.toString() && each.isDirty)
      ?.save();
    const command = scriptCommand(path, kind);
    if (command === undefined) {
      const text = vscode.l10n.t(
        'Nothing is known that runs {0}. A first line such as #!/bin/sh says it.',
        basename(path),
      );
      void vscode.window.showInformationMessage(messageText(text));
    } else {
      await startJob(parts, { command, cwd: dirname(path), name: basename(path) });
    }
  }
}
