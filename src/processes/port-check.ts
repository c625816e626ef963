import { PacedLook } from './paced-look.ts';
import { findSockets, idsOf, type PortSocket } from './port-sockets.ts';

/** Shortest pause between two inspections of a job. */
const MIN_PAUSE_MS = 200;
/**
 * Number of inspections without a listening process of the job after which the port belongs to another process. A single
 * inspection can miss a process while its parent forks it and exits.
 */
const MISSES_TO_REPORT = 3;
/** Number of such inspections after which `hasChanged()` returns false while the same sockets have the port. */
const MISSES_TO_STOP = 6;

export type PortResult =
  /** A process of the job listens. */
  | { readonly isOwn: true }
  /** Other processes opened the port after the job started, with these sockets, by id. */
  | { readonly isOwn: false; readonly sockets: readonly string[] };

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
  readonly #inspection: PacedLook<readonly number[]>;
  #wasFree = false;
  #holders: readonly string[] = [];
  /** The sockets that had the port at the last check, as `idsOf()` writes them. */
  #sockets = '';
  /** Whether any of them may be the job's. */
  #hasNew = false;
  /** What the last inspection found. `misses`: inspections in a row, of the same sockets, without a listening process of the job. */
  #inspected: { readonly sockets: string; readonly isOwn: boolean; readonly misses: number } | undefined;

  constructor(options: PortCheckOptions) {
    this.#options = options;
    this.#inspection = new PacedLook(options.listPorts, { minPauseMs: MIN_PAUSE_MS });
  }

  /** The sockets, by id, that had the port before the job started and have it still. Empty if the job listens, too. */
  get holders(): readonly string[] {
    return this.#holders;
  }

  /** @param isLast there will be no other check @returns undefined while the port does not belong to the job */
  async run(isLast = false): Promise<PortResult | undefined> {
    // Before the sockets are listed: one that opens the port after an earlier one has left it may have the same id.
    const earlier = this.#wasFree ? [] : await this.#options.findEarlier();
    const sockets = await this.#find();
    this.#sockets = idsOf(sockets);
    const taken = sockets.filter(({ id }) => earlier.includes(id));
    if (taken.length === 0) await this.#setFree();
    const added = sockets.filter(({ scope }) => !taken.some((each) => each.scope === scope));
    this.#hasNew = added.length > 0;
    const isOwn = await this.#isOwn(isLast);
    const result = isOwn ? { isOwn } : await this.#findOther(added.map(({ id }) => id));
    this.#holders = result?.isOwn === true ? [] : taken.map(({ id }) => id);
    return result;
  }

  /** The job may have closed its port, or ended, before its processes were looked at. So only sockets that are still there count. */
  async #findOther(added: readonly string[]): Promise<PortResult | undefined> {
    let sockets = added;
    while (sockets.length > 0) {
      const now = await this.#find();
      sockets = sockets.filter((each) => now.some(({ id }) => id === each));
      if (sockets.length === 0) break;
      if (this.#misses >= MISSES_TO_REPORT) return { isOwn: false, sockets };
      if (await this.#inspect()) return { isOwn: true };
    }
    return undefined;
  }

  get #misses(): number {
    return this.#inspected?.misses ?? 0;
  }

  #find(): Promise<PortSocket[]> {
    return findSockets([this.#options.port]);
  }

  /** Returns false if another check would most likely have the same result. It costs less. */
  async hasChanged(): Promise<boolean> {
    // A job in a network of its own, or one that shares the socket of an earlier holder, has none that is found here.
    if (!this.#hasNew) return true;
    if (idsOf(await this.#find()) !== this.#sockets) return true;
    return this.#misses > 0 && this.#misses < MISSES_TO_STOP;
  }

  async #setFree(): Promise<void> {
    if (this.#wasFree) return;
    // Whoever opens it from now on does so after the job started.
    this.#wasFree = true;
    await this.#options.onFree?.();
  }

  /** An inspection looks at all processes of the system, so it is done less often while the same sockets have the port. */
  async #isOwn(isLast: boolean): Promise<boolean> {
    const isSame = this.#inspected?.sockets === this.#sockets;
    if (!isLast && isSame && this.#inspection.pauseMs > 0) return this.#inspected?.isOwn === true;
    return this.#inspect();
  }

  async #inspect(): Promise<boolean> {
    const sockets = this.#sockets;
    const isOwn = (await this.#inspection.run()).includes(this.#options.port);
    const missedBefore = this.#inspected?.sockets === sockets ? this.#misses : 0;
    this.#inspected = { sockets, isOwn, misses: isOwn ? 0 : missedBefore + 1 };
    return isOwn;
  }
}
