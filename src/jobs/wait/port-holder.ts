import { PortCheck } from '../../processes/port-check.ts';
import { findSockets } from '../../processes/port-sockets.ts';
import { systemProcessTable } from '../../processes/system-process-table.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { InspectResult } from '../../protocol/messages.ts';
import type { KnownJobs } from '../records/known-jobs.ts';
import { refreshReadiness } from './readiness-refresh.ts';

export interface PortCheckSource {
  readonly jobs: KnownJobs;
  readonly inspect: (reference: string) => Promise<InspectResult>;
}

/** Who had a port before the job started that is expected to open it. */
export interface PortHolder {
  readonly port: number;
  /** Undefined if it is not a process of a job. */
  readonly job: JobRecord | undefined;
}

/** Creates a check whether a job has opened a port. */
export function checkPort(source: PortCheckSource, id: string, port: number): PortCheck {
  let older: readonly string[] | undefined;
  return new PortCheck({
    port,
    listPorts: async () => (await source.inspect(id)).ports,
    findEarlier: async () => {
      const job = source.jobs.get(id);
      if (!isWatched(job, port) || job.isPortTaken === undefined)
        return (older ??= await findOlder(job, port));
      if (!job.isPortTaken) return [];
      // Runners of earlier versions do not tell which ones they were.
      return job.portSockets ?? (await findSockets([port])).map((socket) => socket.id);
    },
    // So that the next wait knows it, even if the port was free for a moment only.
    onFree: async () => {
      const job = source.jobs.get(id);
      if (isWatched(job, port) && job.isPortTaken === true) await refreshReadiness(source.jobs, job);
    },
  });
}

/** Returns true if the runner of a job looked at this port when the job started, and watches it. */
function isWatched({ ready }: JobRecord, port: number): boolean {
  return ready?.until === 'port' && ready.port === port;
}

/** If nobody looked at the port before the job started, a socket was there if a process has it that is older than the job. */
async function findOlder({ pidStarted = '' }: JobRecord, port: number): Promise<readonly string[]> {
  // Processes of other users cannot be found, such as the proxy of a container that the job started.
  const listeners = (await systemProcessTable().listenersOn?.(port)) ?? [];
  return listeners.flatMap(({ process, sockets }) => {
    return Number(process.started) < Number(pidStarted) ? sockets : [];
  });
}

/** Finds out who has a port that was taken before a job started. */
export async function findHolder(source: PortCheckSource, id: string, port: number): Promise<PortHolder> {
  const { startedAt } = source.jobs.get(id);
  return {
    port,
    job: await findListener(source, port, (job) => job.id !== id && job.startedAt <= startedAt),
  };
}

/** Finds the other job that has opened a port. @returns undefined if it is not a process of a job, or that is not known */
export async function findOpener(
  source: PortCheckSource,
  id: string,
  port: number,
): Promise<JobRecord | undefined> {
  // The wait has its result without this, too: a runner may not answer.
  return findListener(source, port, (job) => job.id !== id).catch(() => undefined);
}

/** Who has opened the port that was waited for. */
export interface PortFacts {
  /** Whether it is a process of the job that listens. */
  readonly isOwnPort?: boolean;
  /** If the job did not open it: the other job that did, if it was one. */
  readonly portOpener?: JobRecord | undefined;
}

/** Finds out which other job made a job ready, by opening its port. Empty if it was a process of the job. */
export async function findReadyOpener(
  source: PortCheckSource,
  { id, ready, readySince, isOwnPort }: JobRecord,
): Promise<PortFacts> {
  if (readySince === undefined || isOwnPort !== false) return {};
  if (ready?.until !== 'port' || ready.port === undefined) return {};
  return { isOwnPort: false, portOpener: await findOpener(source, id, ready.port) };
}

async function findListener(
  source: PortCheckSource,
  port: number,
  isPossible: (job: JobRecord) => boolean,
): Promise<JobRecord | undefined> {
  for (const job of source.jobs.list()) {
    const hasProcesses = job.status === 'running' || (job.leftBehind ?? 0) > 0;
    if (!hasProcesses || !isPossible(job)) continue;
    if ((await source.inspect(job.id)).ports.includes(port)) return job;
  }
  return undefined;
}
