/** Time from the tool call until the reply with the id of the job. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Measurement, Row } from '../row.ts';
import type { Session } from '../session.ts';
import { SHELL } from '../shell.ts';
import { median } from '../statistics.ts';
import { millisecondsSince, within } from '../timing.ts';

const STARTS = 30;
const COMMAND = ':';
const BOUND_S = 60;
const PROGRAMS = join(import.meta.dirname, '..', 'programs');
const BALLAST = join(PROGRAMS, 'ballast.mjs');
const SPAWNER = join(PROGRAMS, 'spawner.mjs');

/** Bare limit: a spawn by a small process, in ms. */
async function spawnShell(spawner: ChildProcess): Promise<number> {
  const answer = once(spawner, 'message') as Promise<[number]>;
  spawner.send({ shell: SHELL, command: COMMAND });
  const [ms] = await answer;
  return ms;
}

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
  const spawner = fork(SPAWNER);
  try {
    // As with the server, the first one is separate.
    await spawnShell(spawner);
    while (starts.length < STARTS) {
      bare.push(await spawnShell(spawner));
      starts.push(await startJob(session));
    }
  } finally {
    spawner.disconnect();
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
