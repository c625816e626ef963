/** Time from the tool call until the reply with the id of the job. */
import { join } from 'node:path';
import type { Measurement, Row } from '../row.ts';
import type { Session } from '../session.ts';
import { SHELL } from '../shell.ts';
import { Spawner } from '../spawner.ts';
import { median } from '../statistics.ts';
import { millisecondsSince, within } from '../timing.ts';

const STARTS = 30;
const COMMAND = ':';
const BOUND_S = 60;
const BALLAST = join(import.meta.dirname, '..', 'programs', 'ballast.mjs');

async function startJob({ server }: Session): Promise<number> {
  const begin = process.hrtime.bigint();
  await server.start(COMMAND);
  return millisecondsSince(begin);
}

/** A start and a bare spawn, alternately. The first start is a separate figure, because it loads code and starts processes. */
async function measure(session: Session, id: string): Promise<Measurement> {
  // The client's first call is not part of a job: VS Code starts a server with it.
  await session.server.list();
  const first = await startJob(session);
  const starts: number[] = [];
  const bare: number[] = [];
  // Bare limit: a spawn by a small process.
  const spawner = new Spawner();
  try {
    // As with the server, the first one is separate.
    await spawner.spawn(SHELL, COMMAND);
    while (starts.length < STARTS) {
      bare.push(await spawner.spawn(SHELL, COMMAND));
      starts.push(await startJob(session));
    }
  } finally {
    spawner.close();
  }
  return {
    figures: { [`${id}.first`]: first, [id]: median(starts) },
    problems: [],
    limit: { [id]: median(bare) },
  };
}

export const start: Row = {
  id: 'start',
  metrics: () => [
    { id: 'start', title: 'start → id', unit: 'ms', goal: '≤ ×2.2' },
    { id: 'start.first', title: 'start → id, first job of a server', unit: 'ms', goal: '≤ 100' },
  ],
  measure: (session) => within(BOUND_S, measure(session, 'start')),
};

/** fork(2) copies the page table, so it costs more if the caller holds more memory. */
export const startHeavy: Row = {
  id: 'start-heavy',
  metrics: () => [
    { id: 'start-heavy', title: 'start → id, the server holds 1 GB more', unit: 'ms', goal: '≤ ×2.2' },
  ],
  session: () => ({ env: { NODE_OPTIONS: `--import=${BALLAST}` } }),
  measure: (session) => within(BOUND_S, measure(session, 'start-heavy')),
};
