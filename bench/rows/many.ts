/** Many jobs that print a little all the time: whether every line arrives, and what it costs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageMeter } from '../processes.ts';
import type { Row, RowContext } from '../row.ts';
import type { Session } from '../session.ts';
import { within } from '../timing.ts';
import { linesOf } from '../workload.ts';

const LINE_BYTES = 100;
const BOUND_S = 120;

async function measure(session: Session, { workload, amounts }: RowContext) {
  const { server } = session;
  const { linesEach, pauseMs } = amounts;
  const command = workload.write(linesEach, LINE_BYTES, pauseMs);
  const jobs: string[] = [];
  while (jobs.length < amounts.jobs) jobs.push(await server.start(command));
  const meter = new UsageMeter(() => session.ownProcesses((process) => workload.isJobProcess(process)));
  const begin = performance.now();
  // A third of the duration of each job: none has finished yet unless the starts took long.
  await sleep((linesEach * pauseMs) / 3);
  const cpuMs = meter.read().reduce((sum, used) => sum + used.cpuMs, 0);
  const elapsed = performance.now() - begin;
  let kept = 0;
  for (const jobId of jobs) {
    await server.waitForExit(jobId);
    kept += linesOf(await server.keptBytes(jobId));
  }
  return {
    many: (100 * kept) / (linesEach * jobs.length),
    'many.cpu': (100 * cpuMs) / elapsed,
  };
}

export const many: Row = {
  id: 'many',
  metrics: ({ amounts: { jobs, pauseMs } }) => [
    {
      id: 'many',
      title: `${String(jobs)} jobs × ${String(1000 / pauseMs)} lines/s: lines readable afterwards`,
      unit: '%',
      goal: '100',
    },
    { id: 'many.cpu', title: '… CPU of the server, of one core', unit: '%', goal: '≤ 15' },
  ],
  async measure(session, context) {
    const { linesEach, pauseMs } = context.amounts;
    const bound = Math.max(BOUND_S, (4 * linesEach * pauseMs) / 1000);
    return { figures: await within(bound, measure(session, context)), problems: [] };
  },
};
