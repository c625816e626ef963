import type { InspectResult } from '../../protocol/messages.ts';

/** How many seconds are kept. */
export const SAMPLES = 300;
const INTERVAL_MS = 1000;
/** A longer pause is a gap in the curves. */
const GAP_MS = 3 * INTERVAL_MS;

/** What the processes of a job used, one sample a second. */
export class UsageSamples {
  /** In percent of one core. Null where nothing was measured. */
  readonly cpu: (number | null)[] = [];
  /** In bytes. */
  readonly memory: (number | null)[] = [];
  /** The percentages of the last sample, by pid. */
  #byProcess: ReadonlyMap<number, number> = new Map();
  #last: { readonly atMs: number; readonly cpuMs: ReadonlyMap<number, number> } | undefined;

  /** @param atMs the time of the look, by the monotonic clock */
  add({ processes }: InspectResult, atMs: number): void {
    const last = this.#last;
    const elapsedMs = last === undefined ? Infinity : atMs - last.atMs;
    const isGap = elapsedMs > GAP_MS;
    const cpuMs = new Map(processes.map((each) => [each.pid, each.cpuMs]));
    const percentages = processes.map(({ pid, cpuMs }): [number, number] => {
      const before = last?.cpuMs.get(pid) ?? 0;
      // A pid with less time than before belongs to another process by now.
      const usedMs = cpuMs < before ? cpuMs : cpuMs - before;
      return [pid, (usedMs / elapsedMs) * 100];
    });
    this.#byProcess = new Map(isGap ? [] : percentages);
    this.#last = { atMs, cpuMs };
    if (last !== undefined && isGap) this.#skip(Math.round(elapsedMs / INTERVAL_MS) - 1);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    push(this.cpu, isGap ? null : sum(percentages.map(([, percent]) => percent)));
    push(this.memory, sum(processes.map(({ memoryBytes }) => memoryBytes)));
  }

  /** Returns the percentage of a process in the last sample, if it was measured. */
  cpuOf(pid: number): number | undefined {
    return this.#byProcess.get(pid);
  }

  #skip(seconds: number): void {
    for (let left = Math.min(seconds, SAMPLES); left > 0; left--) {
      push(this.cpu, null);
      push(this.memory, null);
    }
  }
}

function push(values: (number | null)[], value: number | null): void {
  values.push(value);
  if (values.length > SAMPLES) values.shift();
}
