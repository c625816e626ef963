import type { ProcessInfo } from './process-table.ts';

/** Reads processes one by one. */
export interface ProcessReader {
  /** Returns the ids of all processes. */
  pids(): number[];
  /** Returns the number that a process or thread got last. Undefined if it is not known. */
  lastPid(): number | undefined;
  /** Returns undefined if the process is gone, and `dead` if it is a zombie. */
  read(pid: number): ProcessInfo | 'dead' | undefined;
}

/** Longest pause between two looks, in ms. During a longer one, pids might start over and reach the same number again. */
const MAX_PAUSE_MS = 500;

/**
 * Lists, again and again, the processes that did not start before a given time. A process that did is read only once.
 * So is a zombie: if pid 1 does not reap them, such as in some containers, there are many. Pids are given out in ascending
 * order, so a pid means the same process until they start over.
 */
export class RepeatedList {
  readonly #started: number;
  readonly #reader: ProcessReader;
  readonly #now: () => number;
  readonly #ignored = new Set<number>();
  #lastPid = 0;
  #lookedAt = -Infinity;

  /** @param started in the unit of `ProcessInfo.started` */
  constructor(started: number, reader: ProcessReader, now: () => number = () => performance.now()) {
    this.#started = started;
    this.#reader = reader;
    this.#now = now;
  }

  read(): ProcessInfo[] {
    this.#forgetReusedPids();
    return this.#reader.pids().flatMap((pid) => {
      if (this.#ignored.has(pid)) return [];
      const info = this.#reader.read(pid);
      if (info === undefined) return [];
      if (info !== 'dead' && Number(info.started) >= this.#started) return [info];
      this.#ignored.add(pid);
      return [];
    });
  }

  #forgetReusedPids(): void {
    const last = this.#reader.lastPid();
    const now = this.#now();
    if (last === undefined || last < this.#lastPid || now - this.#lookedAt > MAX_PAUSE_MS)
      this.#ignored.clear();
    this.#lastPid = last ?? 0;
    this.#lookedAt = now;
  }
}
