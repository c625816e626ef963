import * as vscode from 'vscode';
import { STATUS_BAR_ITEM, VIEWS } from '../contributions.ts';
import type { ManagerSource } from '../manager-source.ts';

/** Shows the number of running jobs in the status bar. The item is hidden if no job is running. */
export function showInStatusBar(jobs: ManagerSource): { dispose(): void } {
  const item = vscode.window.createStatusBarItem(STATUS_BAR_ITEM, vscode.StatusBarAlignment.Left);
  item.name = vscode.l10n.t('Background Jobs');
  item.tooltip = vscode.l10n.t('Show background jobs');
  item.command = `${VIEWS.jobs}.focus`;
  jobs.onCreated((manager) => {
    manager.jobs.on('changed', () => {
      const running = manager.jobs.running().length;
      const queued = manager.jobs.queued().length;
      item.text = `$(sync~spin) ${running}` + (queued === 0 ? '' : ` $(history) ${queued}`);
      const label =
        queued === 0
          ? vscode.l10n.t('{0} background jobs are running', running)
          : vscode.l10n.t('{0} background jobs are running, {1} are queued', running, queued);
      item.accessibilityInformation = { label };
      if (running + queued === 0) item.hide();
      else item.show();
    });
  });
  return item;
}
