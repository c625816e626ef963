/** Runs every row with every peer alternately, round by round, so that slow phases of the machine affect all of them. */
import { messageOf } from './message.ts';
import { type InstalledPeer, NotOffered, type Peer } from './peer.ts';
import type { PeerResult, Results, RowResult } from './results.ts';
import type { Figures, Measurement, Row, RowContext } from './row.ts';
import { Session } from './session.ts';
import { within } from './timing.ts';

/** How long a row may take with one peer, so that a peer that hangs does not hold up the others. */
const ROW_BOUND_S = 900;

export type Progress = (message: string) => void;

export type Available = Peer & { installed: InstalledPeer };
type ResultRow = Results['rows'][number];

export async function installPeers(peers: Peer[], cacheFolder: string, progress: Progress) {
  const available: Available[] = [];
  const results: PeerResult[] = [];
  for (const peer of peers) {
    const { name, ours, means } = peer;
    try {
      progress(`installing ${name}`);
      const installed = await peer.install(cacheFolder);
      available.push({ ...peer, installed });
      results.push({ name, ours, means, version: installed.version });
    } catch (error) {
      progress(`${name}: ${String(error)}`);
      results.push({ name, ours, means, version: undefined, unavailable: messageOf(error) });
    }
  }
  return { available, results };
}

async function measureOnce(row: Row, peer: Available, context: RowContext): Promise<Measurement> {
  const session = await Session.open(peer.installed, row.session?.(context));
  let measurement: Measurement | undefined;
  try {
    measurement = await within(ROW_BOUND_S, row.measure(session, context));
    return measurement;
  } finally {
    const leftovers = await session.close();
    if (leftovers.length > 0) {
      measurement?.problems.push(`${String(leftovers.length)} processes outlived the server and were killed`);
    }
  }
}

function append(lists: Record<string, number[]>, figures: Figures): void {
  for (const [id, value] of Object.entries(figures)) (lists[id] ??= []).push(value);
}

function record(result: RowResult, { figures, problems }: Measurement, limit: Figures): void {
  append(result.figures, figures);
  const ratios = Object.entries(limit).flatMap(([id, bare]) => {
    const figure = figures[id];
    return figure === undefined ? [] : [[id, figure / bare] as const];
  });
  append(result.ratios, Object.fromEntries(ratios));
  for (const problem of problems) if (!result.problems.includes(problem)) result.problems.push(problem);
}

function takesPart(peer: Peer, row: Row): boolean {
  if (row.inEditor === true) return peer.inEditor === true;
  if (row.ours === true) return peer.ours && peer.inEditor !== true;
  return peer.rows?.includes(row.id) !== false;
}

function hasFailed(results: readonly ResultRow[], rowId: string | undefined, peer: string): boolean {
  const result = results.find(({ id }) => id === rowId)?.peers[peer];
  return result?.failure !== undefined || result?.notOffered !== undefined;
}

async function runRow(
  row: Row,
  into: ResultRow,
  earlier: readonly ResultRow[],
  peers: Available[],
  context: RowContext,
  progress: Progress,
) {
  for (const peer of peers) {
    if (!takesPart(peer, row)) continue;
    const result = (into.peers[peer.name] ??= { figures: {}, ratios: {}, problems: [] });
    // A peer that failed once fails again, and may take a minute each time.
    if (result.failure !== undefined || result.notOffered !== undefined) continue;
    if (hasFailed(earlier, row.after, peer.name)) {
      result.notOffered = 'It failed with less.';
      continue;
    }
    progress(`${row.id}: ${peer.name}`);
    try {
      const bare = (await row.measureLimit?.(context)) ?? {};
      const measurement = await measureOnce(row, peer, context);
      const limit = { ...bare, ...measurement.limit };
      append(into.limits, limit);
      record(result, measurement, limit);
    } catch (error) {
      if (error instanceof NotOffered) result.notOffered = error.message;
      else result.failure = messageOf(error);
      progress(`${row.id}: ${peer.name}: ${String(error)}`);
    }
  }
}

/** The rows of the results, without figures. */
export function emptyRows(rows: readonly Row[], context: RowContext): ResultRow[] {
  return rows.map((row) => ({ id: row.id, metrics: row.metrics(context), limits: {}, peers: {} }));
}

/**
 * @param results of the same rows, to which the figures are added
 * @param onRow called after a row ran with all peers
 */
export async function runRounds(
  rows: readonly Row[],
  results: readonly ResultRow[],
  peers: Available[],
  rounds: number,
  context: RowContext,
  progress: Progress,
  onRow: () => Promise<void> = async () => undefined,
): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    for (const [index, row] of rows.entries()) {
      const into = results[index];
      if (into === undefined || (row.once === true && round > 1)) continue;
      await runRow(row, into, results, peers, context, (message) => {
        progress(`round ${String(round)}/${String(rounds)}: ${message}`);
      });
      await onRow();
    }
  }
}
