import { EventEmitter } from 'node:events';
import { findRunners, type RunnerAddress } from '../../protocol/runner-address.ts';
import { launchRunner } from './runner-launch.ts';
import { systemProcessTable } from '../../processes/system-process-table.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { connectRunner, LinkOptions, RunnerLink } from './runner-link.ts';

/** Runners that one call starts at most. */
const MAX_LAUNCHES = 3;

interface PoolEvents {
  changed: [JobRecord];
  grew: [{ readonly id: string; readonly end: number }];
  /** Another manager has removed a job; its id. */
  removed: [string];
  /** A runner is gone; its id. */
  gone: [string];
}

/** The connections of a manager to the runners of its storage folder: one of our version, and older ones. */
export class RunnerPool extends EventEmitter<PoolEvents> {
  readonly #storage: string;
  readonly #script: string;
  readonly #loadConnect: () => typeof connectRunner;
  readonly #options: () => LinkOptions;
  readonly #links = new Map<string, RunnerLink>();
  readonly #connecting = new Map<string, Promise<void>>();
  readonly #processes = systemProcessTable();
  #launching: Promise<RunnerLink> | undefined;
  #isDisposed = false;

  /**
   * @param script path of the bundled runner
   * @param options asked at each connection
   */
  constructor(
    storage: string,
    script: string,
    loadConnect: () => typeof connectRunner,
    options: () => LinkOptions,
  ) {
    super();
    this.#storage = storage;
    this.#script = script;
    this.#loadConnect = loadConnect;
    this.#options = options;
  }

  /** The connected runner that takes new jobs. */
  get current(): RunnerLink | undefined {
    return [...this.#links.values()].find((link) => link.isCurrent);
  }

  get(runner: string): RunnerLink | undefined {
    return this.#links.get(runner);
  }

  /** Connects to the runners that live, and starts none. */
  async attach(): Promise<void> {
    for (const { address } of await findRunners(this.#storage, this.#processes)) {
      if (!this.#links.has(address.runner)) await this.#connectOnce(address);
    }
  }

  /**
   * The runner for new jobs, started when there is none.
   *
   * @throws Error when it cannot be started or does not answer
   */
  findOrLaunch(): Promise<RunnerLink> {
    this.#launching ??= this.#findOrLaunch().finally(() => (this.#launching = undefined));
    return this.#launching;
  }

  /** Tells all runners the options as they are now. */
  async greet(): Promise<void> {
    // One that is gone is told of elsewhere.
    await Promise.allSettled([...this.#links.values()].map((link) => link.greet(this.#options())));
  }

  /** Tells the other managers that a finished job was removed: all that are connected have a runner in common. */
  tellRemoved(id: string): void {
    for (const link of this.#links.values()) link.tellRemoved(id);
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const link of this.#links.values()) link.close();
  }

  async #findOrLaunch(): Promise<RunnerLink> {
    const known = this.current;
    if (known !== undefined) return known;
    await this.attach();
    // One that was found may be just ending, also one that another manager has started.
    for (let tries = 0; this.current === undefined && tries < MAX_LAUNCHES; tries++) {
      const launched = launchRunner(this.#script, this.#storage, this.#options().env);
      this.#loadConnect();
      await launched;
      await this.attach();
    }
    const link = this.current;
    if (link === undefined) throw new Error(`The job runner in ${this.#storage} does not answer.`);
    return link;
  }

  /** Several may look for runners at the same time; each runner gets one connection. */
  #connectOnce(address: RunnerAddress): Promise<void> {
    const { runner } = address;
    const connecting =
      this.#connecting.get(runner) ?? this.#connect(address).finally(() => this.#connecting.delete(runner));
    this.#connecting.set(runner, connecting);
    return connecting;
  }

  async #connect(address: RunnerAddress): Promise<void> {
    let link: RunnerLink;
    try {
      link = await this.#loadConnect()(address, this.#options());
    } catch {
      // It is just ending, or stuck: whoever needs it is told when there is no other.
      return;
    }
    if (this.#isDisposed) {
      link.close();
      return;
    }
    this.#links.set(link.runner, link);
    link.on('changed', (job) => this.emit('changed', job));
    link.on('grew', (growth) => this.emit('grew', growth));
    link.on('removed', (id) => this.emit('removed', id));
    link.on('closed', () => {
      this.#links.delete(link.runner);
      if (!this.#isDisposed) this.emit('gone', link.runner);
    });
    for (const job of link.jobs) this.emit('changed', job);
  }
}
