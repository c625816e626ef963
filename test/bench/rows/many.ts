/** Many jobs that print a little all the time: does every line arrive, and what does it cost? */
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageMeter } from '../processes.ts';
import type { Row, RowContext } from '../row.ts';
import type { Session } from '../session.ts';
import { within } from '../timing.ts';
import { linesOf } from '../workload.ts';

const INTERVAL_MS = 10;
const LINE_BYTES = 100;
const BOUND_S = 120;

const jobsIn = ({ quick }: RowContext): number => (quick ? 50 : 200);
const linesIn = ({ quick }: RowContext): number => (quick ? 500 : 1500);

async function measure(session: Session, context: RowContext) {
  const { server } = session;
  const lines = linesIn(context);
  const command = context.workload.write(lines, LINE_BYTES, INTERVAL_MS);
  const jobs: string[] = [];
  while (jobs.length < jobsIn(context)) jobs.push(await server.start(command));
  const meter = new UsageMeter(() =>
    session.ownProcesses((process) => context.workload.isJobProcess(process)),
  );
  const begin = performance.now();
  // A third of the time that each takes: none has ended yet unless the starts took long.
  await sleep((lines * INTERVAL_MS) / 3);
  const cpuMs = meter.read().reduce((sum, used) => sum + used.cpuMs, 0);
  const elapsed = performance.now() - begin;
  let kept = 0;
  for (const jobId of jobs) {
    await server.waitForExit(jobId);
    kept += linesOf(await server.keptBytes(jobId));
  }
  return {
    many: (100 * kept) / (lines * jobs.length),
    'many.cpu': (100 * cpuMs) / elapsed,
  };
}

export const many: Row = {
  id: 'many',
  metrics: (context) => [
    {
      id: 'many',
      title: `${String(jobsIn(context))} jobs × 100 lines/s: lines readable afterwards`,
      unit: '%',
      goal: '100',
    },
    { id: 'many.cpu', title: '… CPU of the server, of one core', unit: '%', goal: '≤ 17' },
  ],
  async measure(session, context) {
    return { figures: await within(BOUND_S, measure(session, context)), problems: [] };
  },
};
