/** Queued jobs that wait for the same job, and start when it has completed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measurement, Row } from '../row.ts';
import type { Session } from '../session.ts';
import { SHELL } from '../shell.ts';
import { Spawner } from '../spawner.ts';
import { millisecondsSince, within } from '../timing.ts';
import { toolsOf } from './own-tools.ts';

const JOBS = 200;
const POLL_MS = 20;
const BOUND_S = 60;

/** Bare limit: as many spawns, one after the other. */
async function spawnAll(): Promise<number> {
  const spawner = new Spawner();
  try {
    let ms = 0;
    for (let count = 0; count < JOBS; count++) ms += await spawner.spawn(SHELL, ':');
    return ms;
  } finally {
    spawner.close();
  }
}

async function measure(session: Session): Promise<Measurement> {
  const callTool = toolsOf(session);
  const limit = await spawnAll();
  await callTool('execute', { command: 'read line', name: 'first' });
  const queueing = process.hrtime.bigint();
  for (let count = 0; count < JOBS; count++) await callTool('execute', { command: ':', after: ['first'] });
  const queued = millisecondsSince(queueing) / JOBS;
  const begin = process.hrtime.bigint();
  await callTool('interact', { job_id: 'first', input: 'go' });
  for (const status of ['queued', 'running']) {
    while (/^id=/m.test(await callTool('list', { status }))) await sleep(POLL_MS);
  }
  const drained = millisecondsSince(begin);
  return { figures: { queue: drained, 'queue.add': queued }, limit: { queue: limit }, problems: [] };
}

export const queue: Row = {
  id: 'queue',
  ours: true,
  metrics: () => [
    { id: 'queue', title: `${String(JOBS)} queued jobs start and end (bare: as many spawns)`, unit: 'ms' },
    { id: 'queue.add', title: '… start of one of them → id, when it is queued', unit: 'ms' },
  ],
  measure: (session) => within(BOUND_S, measure(session)),
};
