import { isPortOpen } from './port-probe.ts';

/** Shortest pause between two inspections of a job, and the share of the time that they may take. */
const MIN_PAUSE_MS = 200;
const MAX_INSPECTION_SHARE = 0.1;

export interface PortResult {
  /** Whether it is a process of the job that listens. */
  readonly isOwn: boolean;
}

interface PortCheckOptions<Holder> {
  readonly port: number;
  /** Returns the ports on which the processes of the job listen. */
  readonly listPorts: () => Promise<readonly number[]>;
  /** Returns who had the port before the job started. Undefined if it was free then, or has been since. Not called after that. */
  readonly findHolder: () => Promise<Holder | undefined>;
  /** Called once, when the port is free. */
  readonly onFree?: () => void | Promise<void>;
}

/**
 * Checks whether a job listens on a port, on any address, or another process opened the port after the job started, such
 * as the proxy of a container. A port that was taken before is not what the job's caller waits for.
 */
export class PortCheck<Holder> {
  readonly #options: PortCheckOptions<Holder>;
  #holder: Holder | undefined;
  #wasFree = false;
  #nextInspection = 0;

  constructor(options: PortCheckOptions<Holder>) {
    this.#options = options;
  }

  /** Returns who has taken the port. Undefined if it was free when the job started, or has been free since. */
  get holder(): Holder | undefined {
    return this.#holder;
  }

  /** @returns undefined while the port does not belong to the job */
  async run(): Promise<PortResult | undefined> {
    const isOpen = await isPortOpen(this.#options.port);
    if (!isOpen) await this.#setFree();
    if (await this.#isOwn(isOpen)) {
      this.#holder = undefined;
      return { isOwn: true };
    }
    if (!isOpen) return undefined;
    if (this.#wasFree) return { isOwn: false };
    this.#holder ??= await this.#options.findHolder();
    if (this.#holder !== undefined) return undefined;
    // The connection may have reached an earlier holder that has left since, so look again.
    this.#wasFree = true;
    return this.run();
  }

  async #setFree(): Promise<void> {
    if (this.#wasFree) return;
    // Whoever opens it from now on does so after the job started.
    this.#wasFree = true;
    this.#holder = undefined;
    await this.#options.onFree?.();
  }

  /** An inspection looks at all processes of the system, so it is done less often than a connection is tried. */
  async #isOwn(isOpen: boolean): Promise<boolean> {
    const isUrgent = isOpen && this.#holder === undefined;
    const begin = performance.now();
    if (!isUrgent && begin < this.#nextInspection) return false;
    const ports = await this.#options.listPorts();
    const end = performance.now();
    this.#nextInspection = end + Math.max(MIN_PAUSE_MS, (end - begin) / MAX_INSPECTION_SHARE);
    return ports.includes(this.#options.port);
  }
}
