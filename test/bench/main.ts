/**
 * The benchmark: what running jobs costs, next to other servers and to the bare limit of the machine.
 * `npm run bench -- --help` lists the options. No figure is a pass mark: it fails only when this project fails.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeBill } from './bill/bill.ts';
import { parseOptions, USAGE, UsageError, type Options } from './options.ts';
import { PEERS } from './peers/index.ts';
import { toMarkdown } from './report.ts';
import { describeMachine, oursFailed, type Results } from './results.ts';
import { ROWS } from './rows/index.ts';
import { installPeers, runRounds } from './run.ts';
import { Workload } from './workload.ts';

/** The agent's bill, chosen as if it were a row. */
const BILL = 'bill';

function progress(message: string): void {
  console.error(`[bench] ${message}`);
}

function cacheFolder(): string {
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(caches, 'background-jobs-bench');
}

async function bench(options: Options): Promise<Results> {
  const cache = cacheFolder();
  await mkdir(cache, { recursive: true });
  const workload = await Workload.prepare(cache);
  const chosenPeers = PEERS.filter(({ name }) => options.peers.includes(name));
  const chosenRows = ROWS.filter(({ id }) => options.rows.includes(id));
  const date = new Date().toISOString();
  const { available, results: peers } = await installPeers(chosenPeers, cache, progress);
  const { rounds, quick } = options;
  const rows = await runRounds(chosenRows, available, rounds, { workload, quick }, progress);
  const bill = options.rows.includes(BILL) ? await makeBill(available, progress) : undefined;
  const notes = workload.fallback === undefined ? [] : [workload.fallback];
  return { date, machine: describeMachine(), rounds, quick, notes, peers, rows, ...(bill && { bill }) };
}

async function main(): Promise<number> {
  if (process.platform !== 'linux') throw new UsageError('The benchmark reads /proc and runs on Linux only.');
  const peerNames = PEERS.map(({ name }) => name);
  const rowIds = [...ROWS.map(({ id }) => id), BILL];
  const options = parseOptions(process.argv.slice(2), peerNames, rowIds);
  if (options === undefined) {
    console.log(`${USAGE}\n\nPeers: ${peerNames.join(', ')}\nRows: ${rowIds.join(', ')}`);
    return 0;
  }
  const results = await bench(options);
  console.log(toMarkdown(results));
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
  return oursFailed(results) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
