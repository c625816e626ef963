import * as vscode from 'vscode';
import { tellJobEvents } from '../jobs/job-events.ts';
import type { ManagerSource } from './manager-source.ts';

/** Notes in an output channel of the extension what happens to jobs, at the level that the person chose for it. */
export function keepLog(jobs: ManagerSource): vscode.LogOutputChannel {
  const log = vscode.window.createOutputChannel(vscode.l10n.t('Background Jobs'), { log: true });
  jobs.whenMade((manager) => {
    tellJobEvents(manager.jobs, (level, words) => log[level === 'warning' ? 'warn' : level](words));
  });
  return log;
}
