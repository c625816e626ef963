import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import type { JobTable } from './job-table.ts';

/** `warning` is for a job that failed, was lost, or exceeded its timeout. */
type EventLevel = 'debug' | 'info' | 'warning';

/**
 * Describes for a log what happens to jobs. The texts never contain a command, input, output or the value of a variable,
 * since these may be secret.
 *
 * @returns a function that stops it
 */
export function reportJobEvents(
  jobs: JobTable,
  report: (level: EventLevel, words: string) => void,
): () => void {
  const queued = new Set(jobs.queued().map(({ id }) => id));
  const running = new Set(jobs.running().map(({ id }) => id));
  const withProcess = new Set(jobs.running().flatMap(({ id, pid }) => (pid === undefined ? [] : [id])));
  const onChanged = (job: JobRecord): void => {
    const wasQueued = job.status === 'queued' ? false : queued.delete(job.id);
    if (isFinished(job)) {
      withProcess.delete(job.id);
      if (running.delete(job.id) || wasQueued) report(levelOf(job), `${job.id} ${howItEnded(job)}`);
    } else if (job.status === 'queued') {
      if (!queued.has(job.id))
        report('info', `${job.id} queued by ${job.startedBy.client ?? job.startedBy.kind}`);
      queued.add(job.id);
    } else {
      if (!running.has(job.id))
        report('info', `${job.id} started by ${job.startedBy.client ?? job.startedBy.kind} in ${job.cwd}`);
      running.add(job.id);
      // A job from the queue counts as running before it has a process.
      if (job.pid === undefined || withProcess.has(job.id)) return;
      withProcess.add(job.id);
      report('debug', `${job.id} runs as process ${job.pid}, capture ${job.capture ?? '?'}`);
    }
  };
  const onRemoved = ({ id }: JobRecord): void => {
    for (const ids of [running, withProcess, queued]) ids.delete(id);
    report('debug', `${id} removed`);
  };
  const onWarning = (words: string): void => report('warning', words);
  jobs.on('changed', onChanged).on('removed', onRemoved).on('warning', onWarning);
  return () => jobs.off('changed', onChanged).off('removed', onRemoved).off('warning', onWarning);
}

function levelOf({ status, endedBy }: JobRecord): EventLevel {
  return status === 'failed' || status === 'lost' || endedBy === 'timeout' ? 'warning' : 'info';
}

function howItEnded({ status, exitCode, signal, endedBy, error, unstoredBytes }: JobRecord): string {
  const facts = Object.entries({ exitCode, signal, endedBy, error, unstoredBytes });
  const known = facts.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}`);
  return [status, ...known].join(' ');
}
