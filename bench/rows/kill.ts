/** Kills of process trees of eight shapes: what survives, and how long the answer takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TREES } from '../../test/support/trees.ts';
import { findProcesses, killProcess } from '../processes.ts';
import type { Row } from '../row.ts';
import type { Session } from '../session.ts';
import { SHELL } from '../shell.ts';
import { median } from '../statistics.ts';
import { millisecondsSince, within } from '../timing.ts';

const MARKER = 'BENCH_TREE';
/** Time in ms for processes that survived the answer to exit. */
const PATIENCE_MS = 3000;
const BOUND_S = 60;
const PLAIN_KILLS = 5;

const SHAPES: Readonly<Record<string, string>> = {
  ...TREES,
  'a pipeline': '(while :; do echo y; sleep 0.1; done) | (echo ready; cat > /dev/null)',
};
const [PLAIN = ''] = Object.values(SHAPES);

let count = 0;

/** Starts a tree, kills it once it is complete, and counts the survivors. */
async function killTree({ server }: Session, command: string) {
  const marker = `${MARKER}=${String(process.pid)}-${String(count++)}`;
  const tree = `export ${marker}; exec ${SHELL} -c ${quote(command)}`;
  const alive = () => findProcesses(marker);
  try {
    const jobId = await server.start(tree);
    for (let text = ''; !text.includes('ready');) text += await server.read(jobId);
    const begin = process.hrtime.bigint();
    await server.kill(jobId).catch((error: unknown) => error);
    const ms = millisecondsSince(begin);
    const atAnswer = alive().length;
    const deadline = performance.now() + PATIENCE_MS;
    while (alive().length > 0 && performance.now() < deadline) await sleep(50);
    return { ms, atAnswer, later: alive().length };
  } finally {
    while (alive().length > 0) alive().forEach(killProcess);
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export const kill: Row = {
  id: 'kill',
  metrics: () => [
    {
      id: 'kill.answer',
      title: 'of 8 shapes of tree, with a process alive when the kill is answered',
      unit: 'shapes',
      goal: '0',
    },
    { id: 'kill.later', title: '… and 3 s later', unit: 'shapes', goal: '0' },
    { id: 'kill', title: 'kill of a tree for which SIGTERM is enough', unit: 'ms', goal: '≤ 15' },
  ],
  async measure(session) {
    const found: Awaited<ReturnType<typeof killTree>>[] = [];
    for (const command of Object.values(SHAPES)) {
      found.push(await within(BOUND_S, killTree(session, command)));
    }
    const times: number[] = [];
    while (times.length < PLAIN_KILLS) {
      times.push((await within(BOUND_S, killTree(session, PLAIN))).ms);
    }
    return {
      figures: {
        'kill.answer': found.filter(({ atAnswer }) => atAnswer > 0).length,
        'kill.later': found.filter(({ later }) => later > 0).length,
        kill: median(times),
      },
      problems: [],
    };
  },
};
