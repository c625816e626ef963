// Runs under Wine: `node.exe under-wine.ts <file>`. Measures the server for Windows, and writes the figures as JSON.
import { writeFileSync } from 'node:fs';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { node, openCmdSession, runToEnd, startUntil } from '../../test/windows/session.ts';
import { median } from '../statistics.ts';
import { millisecondsSince } from '../timing.ts';

const STARTS = 20;
const KILLS = 10;
const LOOKS = 50;

async function timed(action: () => Promise<unknown>): Promise<number> {
  const begin = process.hrtime.bigint();
  await action();
  return millisecondsSince(begin);
}

async function repeated(count: number, measure: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  while (times.length < count) times.push(await measure());
  return median(times);
}

const actions: (() => unknown)[] = [];
const session = await openCmdSession({ after: (action) => actions.push(action as () => unknown) });
await session.call('list');
const first = await timed(() => session.call('execute', { command: 'exit 0' }));
const start = await repeated(STARTS, async () => {
  const ms = await timed(() => session.call('execute', { command: 'exit 0' }));
  // The next start is measured without the end of this job.
  await runToEnd(session, 'exit 0');
  return ms;
});
const kill = await repeated(KILLS, async () => {
  const { facts } = await startUntil(session, node('sleep.mjs', 'x'), 'ready x');
  return timed(() => session.call('kill', { job_ids: [facts.id], signal: 'SIGKILL' }));
});
const table = systemProcessTable();
await table.list();
const look = await repeated(LOOKS, () => timed(() => table.list()));
for (const action of actions) await action();
const figures = { 'wine.first': first, 'wine.start': start, 'wine.kill': kill, 'wine.table': look };
writeFileSync(process.argv[2] ?? '', JSON.stringify(figures));
process.exit();
