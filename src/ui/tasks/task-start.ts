import { isDeepStrictEqual } from 'node:util';
import { JobError } from '../../base/job-error.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { StartRequest } from '../../jobs/start/start-request.ts';
import type { TaskJob } from '../../jobs/start/started-job.ts';
import { isFinished, type JobRecord, type Starter, type TerminalSize } from '../../protocol/job-record.ts';
import type { PreparedTask } from './prepared-task.ts';
import type { TaskStep } from './task-plan.ts';

interface StartOptions {
  readonly manager: JobManager;
  readonly startedBy: Starter;
  /** Gives the jobs a terminal. */
  readonly terminal: TerminalSize | undefined;
}

/** A job that runs a task. It exists already if it runs or is queued as often as the task allows. */
export interface StartedTask extends TaskJob {
  readonly task: PreparedTask;
}

/**
 * Starts the jobs of tasks. Those that depend on others are queued.
 *
 * @throws JobError if one is refused or cannot start
 */
export async function startTasks(
  steps: readonly TaskStep<PreparedTask>[],
  options: StartOptions,
): Promise<StartedTask[]> {
  const requestedAt = Date.now();
  await options.manager.jobs.ready();
  const started = new Map<TaskStep<PreparedTask>, StartedTask>();
  for (const step of steps) {
    const after = step.after.map((other) => started.get(other)!.job.id);
    started.set(step, await startTask(step.task, { after, requestedAt }, options));
  }
  return [...started.values()];
}

async function startTask(
  task: PreparedTask,
  plan: Pick<StartRequest, 'after' | 'requestedAt'>,
  { manager, startedBy, terminal }: StartOptions,
): Promise<StartedTask> {
  const { label, command, cwd, env, matchers, instanceLimit } = task;
  const active = manager.jobs.list().filter((job) => !isFinished(job));
  const isInstance = (job: JobRecord): boolean =>
    job.command === command && job.cwd === cwd && isDeepStrictEqual(job.env, env) && isNameOf(label, job);
  const instances = active.filter(isInstance);
  const [newest] = instances;
  if (newest !== undefined && instances.length >= instanceLimit) {
    return { task, job: newest, isExisting: true };
  }
  const { job } = await manager.start({
    ...{ command, cwd, env, matchers, terminal, startedBy },
    ...plan,
    name: freeName(label, active),
  });
  // A task whose dependency has failed is listed, and so are those after it.
  if (job.error !== undefined && job.failedDependency === undefined)
    throw new JobError(`${label}: ${job.error}`);
  return { task, job, isExisting: false };
}

/** Names of further instances end with a number. */
function isNameOf(label: string, { name }: JobRecord): boolean {
  return (
    name === label || (name?.startsWith(`${label} `) === true && /^\d+$/.test(name.slice(label.length + 1)))
  );
}

/** The user did not choose the name, so a job must not be refused because of it. */
function freeName(label: string, active: readonly JobRecord[]): string {
  const taken = new Set(active.map(({ name }) => name));
  let name = label;
  for (let number = 2; taken.has(name); number++) name = `${label} ${number}`;
  return name;
}
