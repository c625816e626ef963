/**
 * The benchmark: what running jobs costs, compared with other servers and with the bare limit of the machine.
 * `npm run bench -- --help` lists the options. No figure is a pass mark: it fails only if this project fails.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir, loadavg } from 'node:os';
import { join } from 'node:path';
import { AMOUNTS } from './amounts.ts';
import { makeBill } from './bill/bill.ts';
import { type Options, parseOptions, USAGE, UsageError } from './options.ts';
import { PEERS } from './peers/index.ts';
import { toMarkdown } from './report.ts';
import { describeMachine, oursFailed, type Results } from './results.ts';
import { ROWS } from './rows/index.ts';
import { emptyRows, installPeers, runRounds } from './run.ts';
import { Workload } from './workload.ts';

/** The agent's bill, selected like a row. */
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
  const { rounds, scale, json } = options;
  const context = { workload, amounts: AMOUNTS[scale] };
  const rows = emptyRows(chosenRows, context);
  const notes = workload.fallback === undefined ? [] : [workload.fallback];
  const results: Results = { date, machine: describeMachine(), rounds, scale, notes, loads: [], peers, rows };
  // After each row: a run takes long, and its results must survive if it is interrupted.
  const save = async (): Promise<void> => {
    results.loads.push(loadavg()[0] ?? NaN);
    if (json !== undefined) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
  };
  await runRounds(chosenRows, rows, available, rounds, context, progress, save);
  if (options.rows.includes(BILL)) results.bill = await makeBill(available, progress);
  await save();
  return results;
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
  if (options.report !== undefined) {
    console.log(toMarkdown(JSON.parse(await readFile(options.report, 'utf8')) as Results));
    return 0;
  }
  const results = await bench(options);
  console.log(toMarkdown(results));
  return oursFailed(results) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
