import { isListening } from '../processes/listening-port.ts';
import { PortCheck } from '../processes/port-check.ts';
import type { Readiness, ReadinessListener } from './readiness.ts';

/** Pause between two checks of a port that the job has not opened. It grows with the time that it takes. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
const PAUSE_SHARE = 0.05;
/** Pause between two checks whether a port is still open. */
const OPEN_PAUSE_MS = 1000;

interface PortReadinessOptions {
  readonly port: number;
  /** Whether another process had the port when the job started. */
  readonly isTaken: boolean;
  /** Returns the ports on which the processes of the job listen. */
  readonly listPorts: () => Promise<readonly number[]>;
  /** Called when the port is free. */
  readonly onFree: () => void;
}

/** Watches whether a job listens on a port. */
export class PortReadiness implements Readiness {
  readonly #port: number;
  readonly #listener: ReadinessListener;
  readonly #check: PortCheck<true>;
  #checking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isReady = false;
  #since = performance.now();
  #isStopped = false;

  constructor({ isTaken, ...options }: PortReadinessOptions, listener: ReadinessListener) {
    this.#port = options.port;
    this.#listener = listener;
    this.#check = new PortCheck({ ...options, findHolder: async () => (isTaken ? true : undefined) });
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
    try {
      const isReady = this.#isReady ? await isListening(this.#port) : (await this.#check.run()) !== undefined;
      if (!this.#isStopped && isReady !== this.#isReady) {
        this.#isReady = isReady;
        this.#since = performance.now();
        this.#listener.onReady(isReady);
      }
    } catch (error) {
      // The processes cannot be listed right now.
      console.error(error);
    }
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.check(), this.#pause());
  }

  #pause(): number {
    if (this.#isReady) return OPEN_PAUSE_MS;
    const waited = (performance.now() - this.#since) * PAUSE_SHARE;
    return Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, waited));
  }
}
