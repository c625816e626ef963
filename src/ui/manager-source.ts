import type { JobManager } from '../jobs/manager.ts';

/**
 * The job manager of the window, created when it is first needed. In a window where no jobs run and none are
 * started, its code is not even loaded.
 */
export class ManagerSource {
  readonly #create: () => Promise<JobManager>;
  readonly #listeners: ((manager: JobManager) => void)[] = [];
  #loading: Promise<JobManager> | undefined;
  #manager: JobManager | undefined;

  constructor(create: () => Promise<JobManager>) {
    this.#create = create;
  }

  /** The manager, if it has been loaded. */
  get current(): JobManager | undefined {
    return this.#manager;
  }

  /** Loads the manager's code and creates the manager, once. */
  load(): Promise<JobManager> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      // The next caller tries again.
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** For code that handles a job: jobs come from a loaded manager. @throws Error if no manager has been loaded */
  get(): JobManager {
    if (this.#manager === undefined) throw new Error('The job manager has not been loaded.');
    return this.#manager;
  }

  /** Calls the listener with the manager: now, or as soon as it is created. */
  onCreated(listener: (manager: JobManager) => void): void {
    if (this.#manager === undefined) this.#listeners.push(listener);
    else listener(this.#manager);
  }

  /** Disconnects the manager, if there is one. Jobs keep running. */
  async dispose(): Promise<void> {
    await (await this.#loading)?.dispose();
  }

  async #load(): Promise<JobManager> {
    this.#manager = await this.#create();
    for (const listener of this.#listeners.splice(0)) listener(this.#manager);
    return this.#manager;
  }
}
