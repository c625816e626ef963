/** Amounts of work in the rows. */
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

export interface Amounts {
  /** Bytes that one job prints. */
  volume: number;
  /** Bytes that one job prints in the row that runs once. */
  hugeVolume: number;
  /** Bytes of the log that is searched. */
  search: number;
  /** Number of jobs that run at the same time. */
  jobs: number;
  /** Lines that each of them prints. */
  linesEach: number;
  /** Pause between two of these lines, in ms. */
  pauseMs: number;
  /** Number of finished jobs in the history. */
  history: number;
}

export type Scale = 'quick' | 'full' | 'tenfold';

const FULL: Amounts = {
  volume: GIB,
  hugeVolume: 10 * GIB,
  search: 100e6,
  jobs: 200,
  linesEach: 1500,
  pauseMs: 10,
  history: 10_000,
};

export const AMOUNTS: Record<Scale, Amounts> = {
  full: FULL,
  quick: {
    ...FULL,
    volume: 64 * MIB,
    hugeVolume: 256 * MIB,
    search: 10e6,
    jobs: 50,
    linesEach: 500,
    history: 1000,
  },
  tenfold: {
    ...FULL,
    volume: 10 * GIB,
    hugeVolume: 100 * GIB,
    // The highest limit that the settings allow, with as many lines per second as 200 jobs of 100 lines. So the row shows
    // the cost of more jobs, not of more lines. They run until all of them have started.
    jobs: 1000,
    linesEach: 1200,
    pauseMs: 50,
    history: 100_000,
  },
};

/** Such as "64 MiB" or "10 GiB". */
export function binarySize(bytes: number): string {
  return bytes < GIB ? `${String(bytes / MIB)} MiB` : `${String(bytes / GIB)} GiB`;
}
