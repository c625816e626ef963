import * as vscode from 'vscode';
import type { JobRecord } from '../runner/records.ts';
import type { ManagerSource } from './manager-source.ts';

/**
 * Notes in an output channel of the extension what happens to jobs, at the level that the person chose for it. It
 * never holds what a job was sent, what it printed, or the values of its variables.
 */
export function keepLog(jobs: ManagerSource): vscode.LogOutputChannel {
  const log = vscode.window.createOutputChannel(vscode.l10n.t('Background Jobs'), { log: true });
  jobs.whenMade((manager) => {
    const running = new Set<string>();
    manager.on('changed', (job) => {
      if (job.status !== 'running') {
        if (running.delete(job.id)) log.info(`${job.id} ${howItEnded(job)}`);
      } else if (!running.has(job.id)) {
        running.add(job.id);
        log.info(`${job.id} started by ${job.startedBy.client ?? job.startedBy.kind} in ${job.cwd}`);
      } else log.debug(`${job.id} runs as process ${job.pid ?? '?'}, capture ${job.capture ?? '?'}`);
    });
    manager.on('removed', ({ id }) => {
      running.delete(id);
      log.debug(`${id} removed`);
    });
  });
  return log;
}

function howItEnded({ status, exitCode, signal, endedBy, error, unstoredBytes }: JobRecord): string {
  const facts = Object.entries({ exitCode, signal, endedBy, error, unstoredBytes });
  const known = facts.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}`);
  return [status, ...known].join(' ');
}
