import type { JobManager } from '../jobs/manager.ts';

/**
 * The job manager, made when somebody needs it. In a window in which nobody uses jobs, and none run, its code is not
 * even loaded.
 */
export class ManagerSource {
  readonly #make: () => JobManager;
  readonly #listeners: ((manager: JobManager) => void)[] = [];
  #manager: JobManager | undefined;

  constructor(make: () => JobManager) {
    this.#make = make;
  }

  /** The manager, if there was need of one. */
  get current(): JobManager | undefined {
    return this.#manager;
  }

  get(): JobManager {
    if (this.#manager === undefined) {
      this.#manager = this.#make();
      for (const listener of this.#listeners.splice(0)) listener(this.#manager);
    }
    return this.#manager;
  }

  /** Calls back as soon as there is a manager. */
  whenMade(listener: (manager: JobManager) => void): void {
    if (this.#manager === undefined) this.#listeners.push(listener);
    else listener(this.#manager);
  }
}
