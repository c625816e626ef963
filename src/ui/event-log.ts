import * as vscode from 'vscode';
import { reportJobEvents } from '../jobs/records/job-events.ts';
import type { ManagerSource } from './manager-source.ts';

/** Logs the events of jobs in the output channel of the extension, which has a log level of its own. */
export function createEventLog(jobs: ManagerSource): vscode.LogOutputChannel {
  const log = vscode.window.createOutputChannel(vscode.l10n.t('Background Jobs'), { log: true });
  jobs.onCreated((manager) => {
    reportJobEvents(manager.jobs, (level, words) => log[level === 'warning' ? 'warn' : level](words));
  });
  return log;
}
