import { type JobRecord, type Starter, terminalSizeOf } from '../../protocol/job-record.ts';
import type { JobTable } from '../records/job-table.ts';
import { dependenciesForRestart } from './job-dependencies.ts';
import type { StartRequest } from './start-request.ts';

/** Returns the request that starts the same job again, in a terminal of the size that it has now. */
export function restartRequest(
  table: Pick<JobTable, 'get' | 'find'>,
  job: JobRecord,
  startedBy: Starter,
): StartRequest {
  const {
    command,
    name,
    cwd,
    env,
    stdin,
    mergeStderr,
    encoding,
    timeoutMs,
    graceMs,
    matchers,
    ready,
    notify,
  } = job;
  return {
    ...{ command, name, cwd, env, stdin, mergeStderr, encoding, matchers, ready, notify, startedBy },
    isRestart: true,
    terminal: terminalSizeOf(job),
    after: dependenciesForRestart(table, job),
    timeoutSeconds: toSeconds(timeoutMs),
    graceSeconds: toSeconds(graceMs),
  };
}

function toSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
