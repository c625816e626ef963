import { setTimeout as delay } from 'node:timers/promises';
import { systemProcessTable } from '../../processes/system-process-table.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { PROTOCOL_VERSION } from '../../protocol/protocol-version.ts';
import { findRunners, type RunnerAddress } from '../../protocol/runner-address.ts';
import { launchRunner } from './runner-launch.ts';
import type { LinkOptions, RunnerLink } from './runner-link.ts';
import { RunnerSilentError } from './runner-silent-error.ts';

/** How many runners one call starts at most. */
const MAX_LAUNCHES = 3;
/** How long a call that only reads waits for a runner that is stopped, or that has not answered before. */
const SILENT_RUNNER_TIMEOUT_MS = 500;

interface RunnerPoolListener {
  readonly onConnected: (link: RunnerLink) => void;
  /** This process started a runner that ends with the program that started this process (Windows). */
  readonly onBound?: () => void;
  /** A connection broke. Receives the id of its runner. */
  readonly onClosed: (runner: string) => void;
}

/** The connections of a manager to the runners of its storage folder: one of this version, and any older ones. */
export class RunnerPool {
  readonly #storage: string;
  readonly #script: string;
  readonly #options: () => LinkOptions;
  readonly #listener: RunnerPoolListener;
  readonly #links = new Map<string, RunnerLink>();
  readonly #connecting = new Map<string, Promise<void>>();
  /** The living runners that have not answered the last hello, by their id. */
  readonly #silent = new Map<string, RunnerAddress>();
  readonly #processes = systemProcessTable();
  #launching: Promise<RunnerLink> | undefined;
  #isDisposed = false;

  /**
   * @param script path of the bundled runner
   * @param options called for each connection
   */
  constructor(storage: string, script: string, options: () => LinkOptions, listener: RunnerPoolListener) {
    this.#storage = storage;
    this.#script = script;
    this.#options = options;
    this.#listener = listener;
  }

  /** Returns the connection to the runner that takes new jobs. */
  get current(): RunnerLink | undefined {
    return [...this.#links.values()].find((link) => link.isCurrent);
  }

  get(runner: string): RunnerLink | undefined {
    return this.#links.get(runner);
  }

  /** Connects to the running runners. Starts none. Does not wait long for those that probably do not answer. */
  attach(): Promise<void> {
    return this.#attach(SILENT_RUNNER_TIMEOUT_MS);
  }

  /** Returns the process id of a runner that has not answered the last attempt to connect. */
  silentPid(runner: string): number | undefined {
    return this.#silent.get(runner)?.pid;
  }

  /**
   * Returns the runner for new jobs, and starts it if there is none.
   *
   * @throws RunnerSilentError if the runner there does not answer, Error if none can be started
   */
  findOrLaunch(): Promise<RunnerLink> {
    this.#launching ??= this.#findOrLaunch().finally(() => (this.#launching = undefined));
    return this.#launching;
  }

  /** Sends the current options to all runners. */
  async sendSettings(): Promise<void> {
    // A runner that is gone closes its connection, which has its own handler.
    await Promise.allSettled([...this.#links.values()].map((link) => link.greet(this.#options())));
  }

  /** Notifies the other managers, which share a runner with this one, that a finished job was removed. */
  notifyRemoved(id: string): void {
    for (const link of this.#links.values()) link.notifyRemoved(id);
  }

  /** Notifies the other managers that this one has changed the record of a finished job. */
  notifyChanged(job: JobRecord): void {
    for (const link of this.#links.values()) link.notifyChanged(job);
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const link of this.#links.values()) link.close();
  }

  async #findOrLaunch(): Promise<RunnerLink> {
    const known = this.current;
    if (known !== undefined) return known;
    await this.#attach();
    this.#requireAnswer();
    // The runner that was found may be about to exit, even if another manager has just started it.
    for (let launches = 0; this.current === undefined && launches < MAX_LAUNCHES; launches++) {
      // Loads the client of the protocol while the runner starts.
      const launched = launchRunner(this.#script, this.#storage, this.#options().env);
      const [isBound] = await Promise.all([launched, loadLink()]);
      if (isBound) this.#listener.onBound?.();
      await this.#attach();
      this.#requireAnswer();
    }
    const link = this.current;
    if (link === undefined) throw new Error(`The job runner in ${this.#storage} does not answer.`);
    return link;
  }

  /** @param silentTimeoutMs how long to wait for a runner that probably does not answer. Default: as for any other */
  async #attach(silentTimeoutMs?: number): Promise<void> {
    const found = await findRunners(this.#storage, this.#processes);
    const living = new Set(found.map(({ address }) => address.runner));
    for (const runner of this.#silent.keys()) if (!living.has(runner)) this.#silent.delete(runner);
    for (const { address, isStopped } of found) {
      const { runner } = address;
      if (this.#links.has(runner)) continue;
      const connecting = this.#connectOnce(address);
      if (isStopped) this.#silent.set(runner, address);
      const isBrief = silentTimeoutMs !== undefined && this.#silent.has(runner);
      // It connects in the background when the runner continues.
      await (isBrief ? Promise.race([connecting, delay(silentTimeoutMs)]) : connecting);
    }
  }

  /** @throws RunnerSilentError if the runner for new jobs does not answer: no other one can be started then */
  #requireAnswer(): void {
    const silent = [...this.#silent.values()].find(({ protocol }) => protocol === PROTOCOL_VERSION);
    if (this.current === undefined && silent !== undefined) throw new RunnerSilentError(silent.pid, false);
  }

  /** Opens one connection per runner, even if several calls search for runners at the same time. */
  #connectOnce(address: RunnerAddress): Promise<void> {
    const { runner } = address;
    const connecting =
      this.#connecting.get(runner) ?? this.#connect(address).finally(() => this.#connecting.delete(runner));
    this.#connecting.set(runner, connecting);
    return connecting;
  }

  async #connect(address: RunnerAddress): Promise<void> {
    const { RunnerLink } = await loadLink();
    let link: RunnerLink;
    try {
      link = await RunnerLink.connect(address, this.#options());
    } catch (error) {
      // Otherwise it is about to exit.
      if (error instanceof RunnerSilentError) this.#silent.set(address.runner, address);
      else this.#silent.delete(address.runner);
      return;
    }
    this.#silent.delete(address.runner);
    if (this.#isDisposed) {
      link.close();
      return;
    }
    this.#links.set(link.runner, link);
    link.on('closed', () => {
      this.#links.delete(link.runner);
      if (!this.#isDisposed) this.#listener.onClosed(link.runner);
    });
    this.#listener.onConnected(link);
  }
}

/** Loads the client of the protocol, which is half of the code of a job manager, with the first runner. */
function loadLink() {
  return import('./runner-link.ts');
}
