import { findSockets, idsOf } from './port-sockets.ts';

/** Shortest pause between two inspections of a job, and the share of the time that they may take. */
const MIN_PAUSE_MS = 200;
const MAX_INSPECTION_SHARE = 0.1;

export interface PortResult {
  /** Whether it is a process of the job that listens. */
  readonly isOwn: boolean;
}

interface PortCheckOptions {
  readonly port: number;
  /** Returns the ports on which the processes of the job listen. */
  readonly listPorts: () => Promise<readonly number[]>;
  /**
   * Returns the ids of the sockets that had the port before the job started. Those that are gone may be omitted. Not called
   * any more when the port was free.
   */
  readonly findEarlier: () => Promise<readonly string[]>;
  /** Called once, when no socket has the port that had it before. */
  readonly onFree?: () => void | Promise<void>;
}

/**
 * Checks whether a job listens on a port, on any address, or another process opened the port after the job started, such
 * as the proxy of a container. A port that was taken before is not what the job's caller waits for.
 */
export class PortCheck {
  readonly #options: PortCheckOptions;
  #wasFree = false;
  #isTaken = false;
  /** The sockets that had the port at the last check, by id. */
  #sockets = '';
  #inspection = { sockets: undefined as string | undefined, isOwn: false, next: 0 };

  constructor(options: PortCheckOptions) {
    this.#options = options;
  }

  /** Whether a process had the port before the job started, and has had it since. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** @param isLast there will be no other check @returns undefined while the port does not belong to the job */
  async run(isLast = false): Promise<PortResult | undefined> {
    // Before the sockets are listed: one that opens the port after an earlier one has left it may have the same id.
    const earlier = this.#wasFree ? [] : await this.#options.findEarlier();
    const sockets = await findSockets([this.#options.port]);
    this.#sockets = idsOf(sockets);
    const taken = sockets.filter(({ id }) => earlier.includes(id));
    if (taken.length === 0) await this.#setFree();
    const isOwn = await this.#isOwn(isLast);
    this.#isTaken = taken.length > 0 && !isOwn;
    if (isOwn) return { isOwn };
    const isNew = sockets.some(({ scope }) => !taken.some((each) => each.scope === scope));
    return isNew ? { isOwn: false } : undefined;
  }

  /** Returns false if nothing has changed since the last check. It costs less. */
  async hasChanged(): Promise<boolean> {
    const sockets = idsOf(await findSockets([this.#options.port]));
    // A job in a network of its own listens on sockets that are not found here.
    return sockets === '' || sockets !== this.#sockets;
  }

  async #setFree(): Promise<void> {
    if (this.#wasFree) return;
    // Whoever opens it from now on does so after the job started.
    this.#wasFree = true;
    await this.#options.onFree?.();
  }

  /** An inspection looks at all processes of the system, so it is done less often while the same sockets have the port. */
  async #isOwn(isLast: boolean): Promise<boolean> {
    const begin = performance.now();
    const { sockets, isOwn, next } = this.#inspection;
    if (!isLast && sockets === this.#sockets && begin < next) return isOwn;
    const ports = await this.#options.listPorts();
    const end = performance.now();
    this.#inspection = {
      sockets: this.#sockets,
      isOwn: ports.includes(this.#options.port),
      next: end + Math.max(MIN_PAUSE_MS, (end - begin) / MAX_INSPECTION_SHARE),
    };
    return this.#inspection.isOwn;
  }
}
