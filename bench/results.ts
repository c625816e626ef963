/** All results of a run, as in the JSON file. */
import { cpus, release, totalmem } from 'node:os';
import type { Scale } from './amounts.ts';
import type { BillResults } from './bill/bill.ts';
import type { Metric } from './row.ts';

export interface PeerResult {
  name: string;
  ours: boolean;
  means: string;
  /** Undefined if the peer was not available. */
  version: string | undefined;
  unavailable?: string;
}

/** One row with one peer. */
export interface RowResult {
  /** Figures of each metric, one per round. */
  figures: Record<string, number[]>;
  /** Figure divided by the bare limit of the same round, for each metric that has a limit. */
  ratios: Record<string, number[]>;
  problems: string[];
  /** The feature that the peer lacks, so that there is nothing to measure. */
  notOffered?: string;
  /** Why there are no figures, or none from the later rounds. */
  failure?: string;
}

export interface Results {
  date: string;
  machine: { cpu: string; cores: number; memoryGb: number; system: string; node: string };
  rounds: number;
  scale: Scale;
  notes: string[];
  /** Load average of the last minute after each row. It shows other work on the machine. */
  loads: number[];
  peers: PeerResult[];
  rows: {
    id: string;
    metrics: Metric[];
    limits: Record<string, number[]>;
    /** By the peer's name. */
    peers: Record<string, RowResult>;
  }[];
  bill?: BillResults;
}

export function describeMachine(): Results['machine'] {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${process.platform} ${release()}`,
    node: process.version,
  };
}

/** Whether this project failed. */
export function oursFailed(results: Results): boolean {
  const ours = results.peers.filter((peer) => peer.ours);
  return ours.some(
    ({ name, unavailable }) =>
      unavailable !== undefined ||
      results.bill?.tasks.some(({ cells }) => cells[name] !== undefined && !('calls' in cells[name])) ===
        true ||
      results.rows.some(({ peers }) => {
        const result = peers[name];
        return result !== undefined && (result.failure !== undefined || result.problems.length > 0);
      }),
  );
}
