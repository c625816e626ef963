import type { PortResult } from '../processes/port-check.ts';
import type { PortLook } from './port-look.ts';
import type { Readiness, ReadinessListener } from './readiness.ts';

/** Pause between two checks of a port that the job has not opened. It grows with the time that it takes. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
const PAUSE_SHARE = 0.05;
/** Pause between two checks whether a port is still open. */
const OPEN_PAUSE_MS = 1000;
/** Share of the time that checks may take: on a busy machine, it takes long to list the ports of a job. */
const MAX_SHARE = 0.1;

/** Watches whether a job listens. */
export class PortReadiness implements Readiness {
  readonly #look: PortLook;
  readonly #listener: ReadinessListener;
  #checking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  /** What made the job ready. Undefined while it is not. */
  #found: PortResult | undefined;
  #since = performance.now();
  #isStopped = false;

  constructor(look: PortLook, listener: ReadinessListener) {
    this.#look = look;
    this.#listener = listener;
    void this.check();
  }

  check(): Promise<void> {
    clearTimeout(this.#timer);
    this.#checking = this.#checking.then(() => this.#run());
    return this.#checking;
  }

  /** A port has no part in the output. */
  grew(): void {
    return undefined;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    const begin = performance.now();
    try {
      const before = this.#found;
      const isSame = before !== undefined && !(await this.#look.hasChanged());
      const found = isSame ? before : await this.#look.findOpen();
      if (!this.#isStopped && found?.isOwn !== before?.isOwn) {
        this.#found = found;
        this.#since = performance.now();
        this.#listener.onReady(found !== undefined, found?.isOwn);
      }
    } catch (error) {
      // The processes cannot be listed right now.
      console.error(error);
    }
    clearTimeout(this.#timer);
    const pause = Math.max(this.#pause(), (performance.now() - begin) / MAX_SHARE);
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.check(), pause);
  }

  #pause(): number {
    if (this.#found !== undefined) return OPEN_PAUSE_MS;
    const waited = (performance.now() - this.#since) * PAUSE_SHARE;
    return Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, waited));
  }
}
