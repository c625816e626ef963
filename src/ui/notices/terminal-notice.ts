import * as vscode from 'vscode';
import { OTHER_SETTINGS, SETTINGS_SECTION } from '../contributions.ts';
import { messageText } from '../format/printable.ts';
import type { ManagerSource } from '../manager-source.ts';

/** Reports once that jobs of the user have pipes because terminals cannot be made here. */
export function showTerminalNotice(jobs: ManagerSource): void {
  let isShown = false;
  jobs.onCreated((manager) => {
    manager.jobs.on('changed', ({ lacksTerminal }) => {
      if (lacksTerminal === undefined || isShown) return;
      isShown = true;
      void show(lacksTerminal);
    });
  });
}

async function show(reason: string): Promise<void> {
  const message = messageText(
    vscode.l10n.t(
      'Background jobs have no terminals here, because {0}. Pipes are used instead, so some programs show no colors and cannot ask questions.',
      reason,
    ),
  );
  const usePipes = vscode.l10n.t('Always Use Pipes');
  if ((await vscode.window.showWarningMessage(message, usePipes)) !== usePipes) return;
  const settings = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  await settings.update(OTHER_SETTINGS.useTerminal, false, vscode.ConfigurationTarget.Global);
}
