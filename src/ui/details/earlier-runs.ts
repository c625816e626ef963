import type { JobRecord } from '../../protocol/job-record.ts';

type Run = Pick<JobRecord, 'id' | 'name' | 'command' | 'cwd' | 'startedAt'>;

/** Returns the runs of the same name, or of the same command and folder for a job without a name, newest first. */
export function runsOf<T extends Run>(jobs: readonly T[], job: Run): T[] {
  const isSame = ({ name, command, cwd }: T): boolean =>
    job.name === undefined
      ? name === undefined && command === job.command && cwd === job.cwd
      : name === job.name;
  return jobs.filter(isSame).sort((a, b) => b.startedAt - a.startedAt);
}
