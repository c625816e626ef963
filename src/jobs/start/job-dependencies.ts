import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import { dependencyState } from '../../protocol/dependencies.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import type { JobLogs } from '../output/job-logs.ts';
import { duration } from '../records/job-duration.ts';
import type { JobTable } from '../records/job-table.ts';
import { describeFailedDependency, findFailedDependency } from './failed-dependency.ts';

/** A job that completed earlier is most likely not the run that a caller means. */
const LONG_AGO_MS = 10 * 60_000;
/** How many jobs one job can wait for. */
const MAX_DEPENDENCIES = 20;
/** How many jobs an error names that must be restarted one after the other. */
const MAX_NAMED_RESTARTS = 5;

interface KnownJobs {
  readonly jobs: Pick<JobTable, 'get' | 'find'>;
  readonly logs: JobLogs;
}

interface Dependent {
  /** The name of the job that waits for others. */
  readonly name?: string | undefined;
  /** Ids or names of the others. */
  readonly after: readonly string[];
  /** The runner that starts it. */
  readonly runner: string;
  /** When it was requested, in ms since 1970. A failure after that is no error. By default each failure is one. */
  readonly requestedAt?: number | undefined;
}

/**
 * Returns the jobs that a new job must wait for, each once.
 *
 * @throws JobError if one is unknown, is the job itself, failed, or completed long ago
 */
export function dependenciesOf(known: KnownJobs, dependent: Dependent): JobRecord[] {
  const { name, after } = dependent;
  if (after.length > MAX_DEPENDENCIES) {
    throw new JobError(`A job can wait for at most ${MAX_DEPENDENCIES} others. Give fewer in after.`);
  }
  const jobs = after.map((reference) => {
    if (reference === name) {
      throw new JobError(
        `The job ${quote(name)} cannot wait for itself. Remove its name from after, or give the id of an earlier job.`,
      );
    }
    const job = known.jobs.get(reference);
    requirePossible(known, job, dependent);
    return job;
  });
  return [...new Map(jobs.map((job) => [job.id, job])).values()];
}

/**
 * Returns references to the jobs that a job waited for, for a new start of it: their names, since they may have been
 * started again, or their ids. Those that completed, were removed from the list, or have ended and no name to find their
 * successor by, are left out.
 */
export function dependenciesForRestart(
  table: Pick<JobTable, 'get' | 'find'>,
  { after = [] }: JobRecord,
): string[] {
  return after.flatMap((id) => {
    const old = table.find(id);
    if (old === undefined) return [];
    if (old.name === undefined) return isFinished(old) ? [] : [id];
    const newest = table.get(old.name);
    return newest.status === 'completed' ? [] : [newest.id];
  });
}

/** Says what to restart so that a job runs that was not started: `restart "db" first, then "api"`. */
export function restartAdvice(table: Pick<JobTable, 'get' | 'find'>, job: JobRecord): string {
  const order = restartOrder(table, job);
  return order.length === 1 ? `restart ${quote(job.name ?? job.id)}` : adviseRestarts(order);
}

function requirePossible(
  known: KnownJobs,
  job: JobRecord,
  { runner, requestedAt = Infinity }: Dependent,
): void {
  const label = quote(job.name ?? job.id);
  if (dependencyState(job) === 'failed') {
    // Its runner fails the new job, too.
    if (job.runner === runner && (job.endedAt ?? job.startedAt) >= requestedAt) return;
    const cause = findFailedDependency(known, { ...job, failedDependency: job.id });
    const words = cause === undefined ? '.' : `, because ${describeFailedDependency(cause)}`;
    throw new JobError(
      `A job after ${label} would never start${words} Fix the cause and ${adviseRestarts(restartOrder(known.jobs, job))}.`,
    );
  }
  if (isFinished(job)) {
    const endedAt = job.endedAt ?? job.startedAt;
    if (Date.now() - endedAt < LONG_AGO_MS) return;
    const ago = duration({ ...job, durationMs: Date.now() - endedAt });
    throw new JobError(
      `The job ${label} completed ${ago} ago. Restart it to run it again first, or leave it out of after.`,
    );
  }
  if (job.runner === runner) return;
  throw new JobError(
    `The job ${label} belongs to a runner of another version, so no job can wait for it. Restart that one first.`,
  );
}

/** Returns the jobs that must be restarted so that one can start: those that it waited for come first, if they failed. */
function restartOrder(
  table: Pick<JobTable, 'get' | 'find'>,
  job: JobRecord,
  seen: ReadonlySet<string | undefined> = new Set([job.name]),
): JobRecord[] {
  const cause = job.failedDependency === undefined ? undefined : table.find(job.failedDependency);
  // See dependenciesForRestart().
  if (cause?.name === undefined || seen.has(cause.name)) return [job];
  const newest = table.get(cause.name);
  if (dependencyState(newest) !== 'failed') return [job];
  return [...restartOrder(table, newest, new Set([...seen, cause.name])), job];
}

function adviseRestarts(jobs: readonly JobRecord[]): string {
  const [first = '', ...others] = jobs.map(({ id, name }) => quote(name ?? id));
  if (others.length === 0) return `restart ${first} first`;
  const rest =
    jobs.length > MAX_NAMED_RESTARTS ? `the jobs after it up to ${others.at(-1)}` : others.join(', then ');
  return `restart ${first} first, then ${rest}`;
}
