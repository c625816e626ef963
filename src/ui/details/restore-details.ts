import * as vscode from 'vscode';
import { DETAILS_VIEW } from '../contributions.ts';
import type { ManagerSource } from '../manager-source.ts';

interface RestoreOptions {
  readonly jobs: ManagerSource;
  /** Path of the page, which the build makes. */
  readonly page: string;
  readonly report: (error: unknown) => void;
}

/** Fills the editors with details of jobs that VS Code opens again after a reload. Those of removed jobs close. */
export function restoreDetails({ jobs, page, report }: RestoreOptions): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(DETAILS_VIEW, {
    async deserializeWebviewPanel(panel, state: { readonly id?: unknown } | undefined) {
      try {
        const manager = await jobs.load();
        await manager.jobs.ready();
        const job = manager.jobs.find(String(state?.id));
        if (job === undefined) {
          panel.dispose();
          return;
        }
        const { fillDetails } = await import('./details-panel.ts');
        await fillDetails(panel, job, { manager, page, report });
      } catch (error) {
        report(error);
      }
    },
  });
}
