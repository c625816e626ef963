import * as vscode from 'vscode';
import { VIEWS } from '../contributions.ts';
import type { ManagerSource } from '../manager-source.ts';

/** Says in the status bar how many jobs run; not there when none does. */
export function showInStatusBar(jobs: ManagerSource): { dispose(): void } {
  const item = vscode.window.createStatusBarItem('backgroundJobs.running', vscode.StatusBarAlignment.Left);
  item.name = vscode.l10n.t('Background Jobs');
  item.tooltip = vscode.l10n.t('Show the background jobs');
  item.command = `${VIEWS.jobs}.focus`;
  jobs.whenMade((manager) => {
    manager.jobs.on('changed', () => {
      const running = manager.jobs.running().length;
      item.text = `$(sync~spin) ${running}`;
      const words = vscode.l10n.t('{0} background jobs are running', running);
      item.accessibilityInformation = { label: words };
      if (running === 0) item.hide();
      else item.show();
    });
  });
  return item;
}
