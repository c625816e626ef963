/** From the tool call until the reply with the job's id. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Row } from '../row.ts';
import { SHELL, type Session } from '../session.ts';
import { median } from '../statistics.ts';
import { millisecondsSince, within } from '../timing.ts';

const STARTS = 30;
const COMMAND = ':';
const BOUND_S = 60;

/** Bare limit: Node's spawn until its 'spawn' event, in ms. */
async function spawnShell(): Promise<number> {
  const begin = process.hrtime.bigint();
  const child = spawn(SHELL, ['-c', COMMAND], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  await once(child, 'spawn');
  const elapsed = millisecondsSince(begin);
  await exit;
  return elapsed;
}

async function startJob({ server }: Session): Promise<number> {
  const begin = process.hrtime.bigint();
  await server.start(COMMAND);
  return millisecondsSince(begin);
}

/** The first run is kept apart: it pays for what is loaded or started once. */
async function repeat(run: () => Promise<number>) {
  const first = await run();
  const others: number[] = [];
  while (others.length < STARTS) others.push(await run());
  return { 'start.first': first, start: median(others) };
}

export const start: Row = {
  id: 'start',
  metrics: () => [
    { id: 'start', title: 'start → id', unit: 'ms' },
    { id: 'start.first', title: 'start → id, first job of a server', unit: 'ms' },
  ],
  measureLimit: () => repeat(spawnShell),
  async measure(session) {
    return {
      figures: await within(
        BOUND_S,
        repeat(() => startJob(session)),
      ),
      problems: [],
    };
  },
};
