import type { JobRecord } from '../runner/records.ts';
import type { JobManager } from './manager.ts';

export interface EventLog {
  info(text: string): void;
  debug(text: string): void;
}

/** Notes what happens to jobs; never what a job was sent, what it printed, or the values of its variables. */
export function noteEvents(manager: JobManager, log: EventLog): void {
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
}

function howItEnded({ status, exitCode, signal, endedBy, error, unstoredBytes }: JobRecord): string {
  const facts = Object.entries({ exitCode, signal, endedBy, error, unstoredBytes });
  const known = facts.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}`);
  return [status, ...known].join(' ');
}
