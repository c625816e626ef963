/** How long another call takes while a job prints as fast as it can. */
import type { Row, RowContext } from '../row.ts';
import type { Session } from '../session.ts';
import { median, percentile } from '../statistics.ts';
import { timesDuring, within } from '../timing.ts';
import { linesOf } from '../workload.ts';

const MIB = 1024 ** 2;
const BOUND_S = 60;
const PAUSE_MS = 5;

async function callAllThrough(session: Session, { workload, quick }: RowContext): Promise<number[]> {
  const { server } = session;
  const jobId = await server.start(workload.write(linesOf((quick ? 64 : 1024) * MIB), 64 * 1024));
  return timesDuring(server.waitForExit(jobId), () => server.list(), PAUSE_MS);
}

export const during: Row = {
  id: 'during',
  metrics: ({ quick }) => [
    {
      id: 'during',
      title: `another call while ${quick ? '64 MiB' : '1 GiB'} is printed, p99`,
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
