/** The memory of a server's processes while a row runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryBytes, type ProcessInfo } from './processes.ts';
import { median } from './statistics.ts';

/** Interval between two samples, in ms. */
const SAMPLE_MS = 25;
/** Samples between two searches for new processes, because a search costs more than a sample. */
const SAMPLES_PER_SEARCH = 10;
const IDLE_SETTLE_MS = 500;
const IDLE_SAMPLES = 10;

/** Lists the processes whose memory counts. */
type ListProcesses = () => ProcessInfo[];

function total(processes: readonly ProcessInfo[]): number {
  return processes.reduce((sum, { pid }) => sum + memoryBytes(pid), 0);
}

/** Memory in bytes after the server was idle for a moment. */
export async function idleMemory(list: ListProcesses): Promise<number> {
  await sleep(IDLE_SETTLE_MS);
  const samples: number[] = [];
  while (samples.length < IDLE_SAMPLES) {
    samples.push(total(list()));
    await sleep(SAMPLE_MS);
  }
  return median(samples);
}

/** Takes samples from its creation until `stop`, which returns the peak in bytes. */
export class PeakMemory {
  readonly #timer: NodeJS.Timeout;
  #processes: ProcessInfo[] = [];
  #samples = 0;
  #peak = 0;

  constructor(list: ListProcesses) {
    this.#timer = setInterval(() => {
      if (this.#samples++ % SAMPLES_PER_SEARCH === 0) this.#processes = list();
      this.#peak = Math.max(this.#peak, total(this.#processes));
    }, SAMPLE_MS);
  }

  stop(): number {
    clearInterval(this.#timer);
    return this.#peak;
  }
}
