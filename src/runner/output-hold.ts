import type { LogWriter } from '../log/store/log-writer.ts';
import type { OutputCapture } from './output-capture.ts';

/**
 * Keeps output in the log of a job until a search has seen it. If the log is full before that, the job waits: nothing reads
 * its output until the search has caught up. So a job can exceed the limit of its log only by one read.
 */
export class OutputHold {
  readonly #log: Pick<LogWriter, 'keepFrom' | 'isOverfull'>;
  readonly #output: Pick<OutputCapture, 'pause' | 'resume'>;

  constructor(
    log: Pick<LogWriter, 'keepFrom' | 'isOverfull'>,
    output: Pick<OutputCapture, 'pause' | 'resume'>,
  ) {
    this.#log = log;
    this.#output = output;
    log.keepFrom(0);
  }

  /** Call it when output was stored. @returns whether the job waits for the search */
  stored(): boolean {
    const isFull = this.#log.isOverfull;
    if (isFull) this.#output.pause();
    return isFull;
  }

  /**
   * Call it when the log was searched.
   *
   * @param next cursor from which the next search continues: the beginning of an unfinished line
   * @param end cursor behind what was searched
   */
  searched(next: number, end: number): void {
    this.#log.keepFrom(next);
    // A line that is longer than the log cannot be kept as a whole.
    if (this.#log.isOverfull) this.#log.keepFrom(end);
    if (!this.#log.isOverfull) this.#output.resume();
  }

  /** Call it when there are no more searches. */
  release(): void {
    this.searched(Infinity, Infinity);
  }
}
