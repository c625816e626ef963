import * as vscode from 'vscode';
import { STATUS_BAR_ITEM, VIEWS } from '../contributions.ts';
import { turningMs } from '../format/turning-icon.ts';
import type { ManagerSource } from '../manager-source.ts';

/** Shows the number of running jobs in the status bar. The item is hidden if no job is running. */
export function showInStatusBar(jobs: ManagerSource): { dispose(): void } {
  const item = vscode.window.createStatusBarItem(STATUS_BAR_ITEM, vscode.StatusBarAlignment.Left);
  item.name = vscode.l10n.t('Background Jobs');
  item.tooltip = vscode.l10n.t('Show background jobs');
  item.command = `${VIEWS.jobs}.focus`;
  let clock: NodeJS.Timeout | undefined;
  const update = (): void => {
    const running = jobs.current?.jobs.running() ?? [];
    const queued = jobs.current?.jobs.queued().length ?? 0;
    const turning = Math.max(0, ...running.map((job) => turningMs(job)));
    clearTimeout(clock);
    clock = turning > 0 ? setTimeout(update, turning) : undefined;
    item.text =
      `$(${turning > 0 ? 'sync~spin' : 'sync'}) ${running.length}` +
      (queued === 0 ? '' : ` $(history) ${queued}`);
    const label =
      queued === 0
        ? vscode.l10n.t('{0} background jobs are running', running.length)
        : vscode.l10n.t('{0} background jobs are running, {1} are queued', running.length, queued);
    item.accessibilityInformation = { label };
    if (running.length + queued === 0) item.hide();
    else item.show();
  };
  jobs.onCreated((manager) => manager.jobs.on('changed', update));
  return {
    dispose() {
      clearTimeout(clock);
      item.dispose();
    },
  };
}
