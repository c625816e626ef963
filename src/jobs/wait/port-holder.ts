import { PortCheck } from '../../processes/port-check.ts';
import { findSockets, type PortSocket } from '../../processes/port-sockets.ts';
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
      return job.portSockets ?? (await guessEarlier(job, port));
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

/** Runners of earlier versions tell only whether the port was taken, and looked on loopback only. */
async function guessEarlier({ isPortTaken }: JobRecord, port: number): Promise<readonly string[]> {
  const sockets = await findSockets([port]);
  return idsIn(sockets.filter(({ scope }) => isPortTaken === true || scope !== 'loopback'));
}

/** Returns a function that finds out who has sockets of a port that was taken before a job started. */
export function holderFinder(
  source: PortCheckSource,
  id: string,
): (port: number, sockets: readonly string[]) => Promise<PortHolder | undefined> {
  let known: { readonly sockets: string; readonly holder: PortHolder } | undefined;
  return async (port, sockets) => {
    if (sockets.length === 0) return undefined;
    const key = sockets.join();
    if (known?.sockets !== key) {
      const { startedAt } = source.jobs.get(id);
      const isPossible = (job: JobRecord): boolean => job.id !== id && job.startedAt <= startedAt;
      known = {
        sockets: key,
        holder: { port, job: await findListener(source, { port, sockets }, isPossible) },
      };
    }
    return known.holder;
  };
}

/** Returns a function that finds out who has the port of a job's own condition. */
export function readyPortHolder(
  source: PortCheckSource,
  id: string,
): (job: JobRecord) => Promise<PortHolder | undefined> {
  const find = holderFinder(source, id);
  return async (job) => {
    const port = job.ready?.until === 'port' ? job.ready.port : undefined;
    if (port === undefined || job.isPortTaken !== true) return undefined;
    const earlier = job.portSockets ?? (await guessEarlier(job, port));
    return find(
      port,
      idsIn(await findSockets([port])).filter((each) => earlier.includes(each)),
    );
  };
}

/** Finds the other job that has opened a port. @returns undefined if it is not a process of a job, or that is not known */
export async function findOpener(
  source: PortCheckSource,
  id: string,
  listening: Listening,
): Promise<JobRecord | undefined> {
  // The wait has its result without this, too: a runner may not answer.
  return findListener(source, listening, (job) => job.id !== id).catch(() => undefined);
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
  { id, ready, readySince, isOwnPort, portSockets = [] }: JobRecord,
): Promise<PortFacts> {
  if (readySince === undefined || isOwnPort !== false) return {};
  if (ready?.until !== 'port' || ready.port === undefined) return {};
  const { port } = ready;
  const sockets = idsIn(await findSockets([port])).filter((each) => !portSockets.includes(each));
  return { isOwnPort: false, portOpener: await findOpener(source, id, { port, sockets }) };
}

/** Sockets that listen on a port, by id. */
interface Listening {
  readonly port: number;
  readonly sockets: readonly string[];
}

async function findListener(
  source: PortCheckSource,
  { port, sockets }: Listening,
  isPossible: (job: JobRecord) => boolean,
): Promise<JobRecord | undefined> {
  const listeners = await systemProcessTable().listenersOn?.(port);
  const pids = listeners
    ?.filter((each) => each.sockets.some((socket) => sockets.includes(socket)))
    .map(({ process }) => process.pid);
  if (pids?.length === 0) return undefined;
  for (const job of source.jobs.list()) {
    const hasProcesses = job.status === 'running' || (job.leftBehind ?? 0) > 0;
    if (!hasProcesses || !isPossible(job)) continue;
    const { processes, ports } = await source.inspect(job.id);
    const listens =
      pids === undefined ? ports.includes(port) : processes.some(({ pid }) => pids.includes(pid));
    if (listens) return job;
  }
  return undefined;
}

function idsIn(sockets: readonly PortSocket[]): string[] {
  return sockets.map(({ id }) => id);
}
