import { systemProcessTable } from '../../processes/system-process-table.ts';
import { findRunners, type RunnerAddress } from '../../protocol/runner-address.ts';
import { launchRunner } from './runner-launch.ts';
import type { LinkOptions, RunnerLink } from './runner-link.ts';

/** How many runners one call starts at most. */
const MAX_LAUNCHES = 3;

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

  /** Connects to the running runners. Starts none. */
  async attach(): Promise<void> {
    for (const { address } of await findRunners(this.#storage, this.#processes)) {
      if (!this.#links.has(address.runner)) await this.#connectOnce(address);
    }
  }

  /**
   * Returns the runner for new jobs, and starts it if there is none.
   *
   * @throws Error if it cannot be started or does not answer
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

  dispose(): void {
    this.#isDisposed = true;
    for (const link of this.#links.values()) link.close();
  }

  async #findOrLaunch(): Promise<RunnerLink> {
    const known = this.current;
    if (known !== undefined) return known;
    await this.attach();
    // The runner that was found may be about to exit, even if another manager has just started it.
    for (let launches = 0; this.current === undefined && launches < MAX_LAUNCHES; launches++) {
      // Loads the client of the protocol while the runner starts.
      const launched = launchRunner(this.#script, this.#storage, this.#options().env);
      const [isBound] = await Promise.all([launched, loadLink()]);
      if (isBound) this.#listener.onBound?.();
      await this.attach();
    }
    const link = this.current;
    if (link === undefined) throw new Error(`The job runner in ${this.#storage} does not answer.`);
    return link;
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
    } catch {
      // It is about to exit, or stuck. findOrLaunch() reports it if there is no other runner.
      return;
    }
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
