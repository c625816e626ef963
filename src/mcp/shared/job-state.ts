import { quote } from '../../base/quoted-text.ts';
import type { JobTable } from '../../jobs/records/job-table.ts';
import { type QueueState, queueStateOf } from '../../jobs/records/queue-state.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { type Facts, jobFacts } from './reply.ts';

/** How many running jobs a reply names. */
const MAX_NAMED_JOBS = 10;

/** Returns the state of a job with its readiness and its place in the queue, for a header. */
export function stateFacts(jobs: JobTable, job: JobRecord): Facts {
  return { ...jobFacts(job), ...orderFacts(jobs, job) };
}

/** Returns whether a running job is ready, or what a queued one waits for. */
export function orderFacts(jobs: JobTable, job: JobRecord): Facts {
  const queue = queueStateOf(jobs, job);
  if (queue === undefined) return readyFacts(job);
  const { waitsFor, position } = queue;
  return {
    waits_for: waitsFor.length === 0 ? undefined : waitsFor.map(({ id, name }) => name ?? id).join(','),
    queue_position: position,
  };
}

function readyFacts({ status, ready, readySince }: JobRecord): Facts {
  if (status !== 'running' || ready === undefined) return {};
  return readySince === undefined ? { ready: false } : { ready_since: new Date(readySince).toISOString() };
}

/** Explains in whole sentences why a job is queued. Undefined if it is not. */
export function queueNote(jobs: JobTable, job: JobRecord): string | undefined {
  const queue = queueStateOf(jobs, job);
  return queue && `[${describeQueue(queue)}]`;
}

function describeQueue({ waitsFor, position, running }: QueueState): string {
  if (position === undefined) {
    const verb = waitsFor.length === 1 ? 'is' : 'are';
    return `It starts when ${labels(waitsFor)} ${verb} ready, or completed with exit code 0.`;
  }
  const others = position === 2 ? '1 other job starts' : `${position - 1} other jobs start`;
  const place = position === 1 ? 'It starts when one of them ends.' : `${others} before it.`;
  const runs = running.length === 1 ? '1 job runs' : `${running.length} jobs run`;
  return `${runs}, which is the limit (maxConcurrentJobs): ${labels(running)}. ${place}`;
}

function labels(jobs: readonly JobRecord[]): string {
  const named = jobs.slice(0, MAX_NAMED_JOBS).map(({ id, name }) => (name === undefined ? id : quote(name)));
  const rest = jobs.length - named.length;
  return named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
