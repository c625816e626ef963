/** The last 50 lines of a finished job, for outputs of three sizes. */
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';
import { millisecondsSince, within } from '../timing.ts';
import { lastLine, linesOf } from '../workload.ts';

const CALLS = 30;
const LINES = 50;
const BOUND_S = 60;

function tailRow(id: string, size: string, bytes: number, after?: string): Row {
  return {
    id,
    ...(after !== undefined && { after }),
    metrics: () => [{ id, title: `tail of 50 lines after ${size}`, unit: 'ms', goal: '≤ 0.6, flat' }],
    async measure({ server }, { workload }) {
      const lines = linesOf(bytes);
      const times = await within(
        BOUND_S,
        (async () => {
          const jobId = await server.start(workload.write(lines, 64 * 1024));
          await server.waitForExit(jobId);
          const found: number[] = [];
          while (found.length < CALLS) {
            const begin = process.hrtime.bigint();
            const text = await server.tail(jobId, LINES);
            found.push(millisecondsSince(begin));
            if (!text.includes(lastLine(lines))) throw new Error('the last line is not in the tail');
          }
          return found;
        })(),
      );
      return { figures: { [id]: median(times) }, problems: [] };
    },
  };
}

export const tails: readonly Row[] = [
  tailRow('tail-1MB', '1 MB', 1e6),
  tailRow('tail-100MB', '100 MB', 100e6, 'tail-1MB'),
  tailRow('tail-1GB', '1 GB', 1e9, 'tail-100MB'),
];
