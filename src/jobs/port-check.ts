import { systemProcessTable } from '../processes/system-process-table.ts';
import type { JobRecord } from '../protocol/job-record.ts';
import type { InspectResult } from '../protocol/messages.ts';
import type { KnownJobs } from './known-jobs.ts';
import { isPortOpen } from './port-probe.ts';

/** Shortest pause between two inspections of a job, and the share of the time that they may take. */
const MIN_PAUSE_MS = 200;
const MAX_INSPECTION_SHARE = 0.1;

export interface PortCheckSource {
  readonly jobs: KnownJobs;
  readonly inspect: (reference: string) => Promise<InspectResult>;
}

/** What is known of a port from the time before the job started that is expected to open it. */
export interface PortBeforeStart {
  readonly port: number;
  /** False again as soon as the port has been seen free. */
  isTaken: boolean;
}

/** Who had a port before the job started that is expected to open it. */
export interface PortHolder {
  /** Undefined if it is not a process of a job. */
  readonly job: JobRecord | undefined;
}

/** Looks at a port before a job starts. */
export async function observePort(port: number): Promise<PortBeforeStart> {
  return { port, isTaken: await isPortOpen(port) };
}

interface PortResult {
  /** Whether it is a process of the job that listens. */
  readonly isOwn: boolean;
}

/**
 * Checks whether a job listens on a port, on any address, or another process opened the port after the job started, such
 * as the proxy of a container. A port that was taken before is not what the job's caller waits for.
 */
export class PortCheck {
  readonly #source: PortCheckSource;
  readonly #id: string;
  readonly #port: number;
  readonly #before: PortBeforeStart | undefined;
  #holder: PortHolder | undefined;
  #wasFree = false;
  #nextInspection = 0;

  /** @param before undefined if nobody looked at this port before the job started */
  constructor(source: PortCheckSource, id: string, port: number, before: PortBeforeStart | undefined) {
    this.#source = source;
    this.#id = id;
    this.#port = port;
    this.#before = before;
  }

  /** Returns who has taken the port. Undefined if it was free when the job started, or has been free since. */
  get holder(): PortHolder | undefined {
    return this.#holder;
  }

  /** @returns undefined while the wait must continue */
  async run(): Promise<PortResult | undefined> {
    const isOpen = await isPortOpen(this.#port);
    if (!isOpen) this.#setFree();
    if (await this.#isOwn(isOpen)) {
      this.#holder = undefined;
      return { isOwn: true };
    }
    if (!isOpen) return undefined;
    this.#holder ??= await this.#findHolder();
    return this.#holder === undefined ? { isOwn: false } : undefined;
  }

  #setFree(): void {
    // Whoever opens it from now on does so after the job started.
    this.#wasFree = true;
    this.#holder = undefined;
    if (this.#before !== undefined) this.#before.isTaken = false;
  }

  /** An inspection looks at all processes of the system, so it is done less often than a connection is tried. */
  async #isOwn(isOpen: boolean): Promise<boolean> {
    const isUrgent = isOpen && this.#holder === undefined;
    const begin = performance.now();
    if (!isUrgent && begin < this.#nextInspection) return false;
    const { ports } = await this.#source.inspect(this.#id);
    const end = performance.now();
    this.#nextInspection = end + Math.max(MIN_PAUSE_MS, (end - begin) / MAX_INSPECTION_SHARE);
    return ports.includes(this.#port);
  }

  async #findHolder(): Promise<PortHolder | undefined> {
    if (this.#wasFree || this.#before?.isTaken === false) return undefined;
    const job = await this.#findJob();
    if (job !== undefined || this.#before !== undefined) return { job };
    return (await this.#isOlder()) ? { job } : undefined;
  }

  /** Nobody looked at the port before the job started. So it counts as taken if all that listen are older than the job. */
  async #isOlder(): Promise<boolean> {
    const { pidStarted = '' } = this.#source.jobs.get(this.#id);
    // Processes of other users cannot be found, such as the proxy of a container that the job started.
    const listeners = (await systemProcessTable().listenersOn?.(this.#port)) ?? [];
    return listeners.length > 0 && listeners.every(({ started }) => Number(started) < Number(pidStarted));
  }

  /** Finds the older job that listens, among those that have processes. */
  async #findJob(): Promise<JobRecord | undefined> {
    const { startedAt } = this.#source.jobs.get(this.#id);
    for (const job of this.#source.jobs.list()) {
      const hasProcesses = job.status === 'running' || (job.leftBehind ?? 0) > 0;
      if (job.id === this.#id || job.startedAt > startedAt || !hasProcesses) continue;
      if ((await this.#source.inspect(job.id)).ports.includes(this.#port)) return job;
    }
    return undefined;
  }
}
