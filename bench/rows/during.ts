/** Duration of another call while a job prints as fast as it can. */
import { binarySize } from '../amounts.ts';
import type { Row, RowContext } from '../row.ts';
import type { Session } from '../session.ts';
import { median, percentile } from '../statistics.ts';
import { timesDuring, within } from '../timing.ts';
import { linesOf } from '../workload.ts';

const BOUND_S = 60;
const PAUSE_MS = 5;

async function callAllThrough(session: Session, { workload, amounts }: RowContext): Promise<number[]> {
  const { server } = session;
  // The first calls load code, which has nothing to do with output. Not all servers notice the end of a very short job.
  await server.waitForExit(await server.start('sleep 0.2'));
  await server.list();
  const jobId = await server.start(workload.write(linesOf(amounts.volume), 64 * 1024));
  return timesDuring(server.waitForExit(jobId), () => server.list(), PAUSE_MS);
}

export const during: Row = {
  id: 'during',
  metrics: ({ amounts }) => [
    {
      id: 'during',
      title: `another call while ${binarySize(amounts.volume)} is printed, p99`,
      unit: 'ms',
      goal: '≤ 5',
    },
    { id: 'during.median', title: '… median', unit: 'ms' },
  ],
  async measure(session, context) {
    const times = await within(BOUND_S, callAllThrough(session, context));
    return { figures: { during: percentile(times, 0.99), 'during.median': median(times) }, problems: [] };
  },
};
