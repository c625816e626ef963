/** Time for which each job that prints makes a round longer. So up to 150 jobs are read 5,000 times a second. */
const MS_PER_JOB = 0.2;
/** Shorter rounds would only add timers, which have a resolution of 1 ms. */
const MIN_ROUND_MS = 2;
/** Below the shortest time without output for which a client can wait (50 ms). */
const MAX_ROUND_MS = 30;
/** A round that ended longer ago says nothing about the next one. */
const MAX_AGE_MS = 1000;
/** Half of what a pipe holds. A program that prints more than that in a round would fill the pipe, and block. */
const MAX_BYTES = 32 * 1024;

/** The part of a stream that reads. */
export interface Reader {
  resume(): void;
}

/**
 * Reads many jobs in rounds, so that their lines gather in the pipes and are read and stored together. A round takes longer
 * the more jobs print: 100 jobs are read every 20 ms. Fewer than ten are always read at once.
 */
export class ReadRounds {
  readonly #now: () => number;
  /** Those that were read in this round. */
  #readers = new Set<Reader>();
  #resting = new Set<Reader>();
  #lengthMs = 0;
  #end = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param now returns the monotonic time in ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Call this after each read.
   *
   * @param length bytes that were read
   * @param sinceMs time since the previous read
   * @returns whether the reader must rest, until it is resumed
   */
  read(reader: Reader, length: number, sinceMs: number): boolean {
    const now = this.#now();
    if (this.#timer === undefined && now >= this.#end) this.#begin(now);
    this.#readers.add(reader);
    if (this.#lengthMs < MIN_ROUND_MS || Math.max(length, (length / sinceMs) * this.#lengthMs) >= MAX_BYTES)
      return false;
    this.#resting.add(reader);
    this.#timer ??= setTimeout(() => this.#finish(), this.#end - now);
    return true;
  }

  /** Call this when a reader is closed. */
  remove(reader: Reader): void {
    this.#readers.delete(reader);
    this.#resting.delete(reader);
  }

  #begin(now: number): void {
    const readers = now - this.#end < MAX_AGE_MS ? this.#readers.size : 0;
    this.#readers = new Set();
    this.#lengthMs = Math.min(readers * MS_PER_JOB, MAX_ROUND_MS);
    this.#end = now + Math.max(this.#lengthMs, MIN_ROUND_MS);
  }

  #finish(): void {
    this.#timer = undefined;
    const rested = this.#resting;
    this.#resting = new Set();
    for (const reader of rested) reader.resume();
  }
}
