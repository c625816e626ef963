import type { JobRecord } from '../protocol/job-record.ts';
import type { JobTable } from './job-table.ts';

/** How much an event matters: `warning` for a job that ended otherwise than it was meant to. */
export type EventLevel = 'debug' | 'info' | 'warning';

/**
 * Tells in words for a log what happens to jobs. They never hold a command, what a job was sent, what it printed, or the
 * values of its variables: these may be secret.
 *
 * @returns ends it
 */
export function tellJobEvents(jobs: JobTable, tell: (level: EventLevel, words: string) => void): () => void {
  const running = new Set(jobs.running().map(({ id }) => id));
  const onChanged = (job: JobRecord): void => {
    if (job.status !== 'running') {
      if (running.delete(job.id)) tell(levelOf(job), `${job.id} ${howItEnded(job)}`);
    } else if (!running.has(job.id)) {
      running.add(job.id);
      tell('info', `${job.id} started by ${job.startedBy.client ?? job.startedBy.kind} in ${job.cwd}`);
      tell('debug', `${job.id} runs as process ${job.pid ?? '?'}, capture ${job.capture ?? '?'}`);
    }
  };
  const onRemoved = ({ id }: JobRecord): void => {
    running.delete(id);
    tell('debug', `${id} removed`);
  };
  jobs.on('changed', onChanged).on('removed', onRemoved);
  return () => jobs.off('changed', onChanged).off('removed', onRemoved);
}

function levelOf({ status, endedBy }: JobRecord): EventLevel {
  return status === 'failed' || status === 'lost' || endedBy === 'timeout' ? 'warning' : 'info';
}

function howItEnded({ status, exitCode, signal, endedBy, error, unstoredBytes }: JobRecord): string {
  const facts = Object.entries({ exitCode, signal, endedBy, error, unstoredBytes });
  const known = facts.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}`);
  return [status, ...known].join(' ');
}
