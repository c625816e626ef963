import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessInfo } from '../processes/process-table.ts';

/** Pause before the processes are listed again after that failed. */
const RETRY_PAUSE_MS = 1000;
/** How long after the end of a job its processes may take to follow before they count as left behind. */
const LEAVE_TIME_MS = 50;

interface JobLeftoversOptions {
  /** Lists the processes of the job. */
  readonly list: () => Promise<readonly ProcessInfo[]>;
  /** Called with their number, each time it may have changed after the end of the job. */
  readonly onCounted: (count: number) => void;
}

/** The processes that a job leaves behind when it ends, as of the last look. */
export class JobLeftovers {
  readonly #options: JobLeftoversOptions;
  #processes: readonly ProcessInfo[] = [];

  constructor(options: JobLeftoversOptions) {
    this.#options = options;
  }

  get processes(): readonly ProcessInfo[] {
    return this.#processes;
  }

  /** Notes what survived a kill of the finished job. */
  count(processes: readonly ProcessInfo[]): void {
    this.#processes = processes;
    this.#options.onCounted(processes.length);
  }

  /** Looks again which of them live on. @throws the error of the process table */
  async refresh(): Promise<void> {
    if (this.#processes.length === 0) return;
    this.count(await this.#options.list());
  }

  /**
   * Returns how many there are at the end of the job. If that cannot be known now, it is reported later.
   *
   * @param survivors what a kill has left. Some of them may have exited since.
   */
  async find(survivors?: readonly ProcessInfo[]): Promise<number | undefined> {
    if (survivors !== undefined) this.#processes = survivors;
    if (survivors?.length === 0) return 0;
    try {
      this.#processes = await this.#options.list();
      if (this.#processes.length > 0) {
        // Some may be about to exit, such as the helpers of a build.
        await delay(LEAVE_TIME_MS);
        this.#processes = await this.#options.list();
      }
      return this.#processes.length;
    } catch (error) {
      console.error(error);
      setTimeout(() => {
        void this.find().then((count) => {
          if (count !== undefined) this.#options.onCounted(count);
        });
      }, RETRY_PAUSE_MS).unref();
      return undefined;
    }
  }
}
