/** Search for a rare and a common line in 100 MB, and its effect on other calls. */
import { type JobServer, NotOffered } from '../peer.ts';
import type { Row, RowContext } from '../row.ts';
import { timed, timesDuring, within } from '../timing.ts';
import { lastLine, linesOf } from '../workload.ts';

const BOUND_S = 60;
const PAUSE_MS = 2;

async function search(server: JobServer, { workload, amounts }: RowContext) {
  const find = server.search?.bind(server);
  if (find === undefined) throw new NotOffered('It has no search.');
  const lines = linesOf(amounts.search);
  const jobId = await server.start(workload.write(lines, 64 * 1024));
  await server.waitForExit(jobId);
  const last = lastLine(lines).split(' ')[0] ?? '';
  // The first search loads code.
  const rare = await timed(() => find(jobId, `^${last} `));
  if (!rare.result.includes(last)) throw new Error('the last line is not found');
  const common = await timed(() => find(jobId, '7 x+$'));
  const others = await timesDuring(find(jobId, `^${last} `), () => server.list(), PAUSE_MS);
  return {
    search: rare.ms / 1000,
    'search.common': common.ms / 1000,
    'search.other': Math.max(...others),
  };
}

export const searching: Row = {
  id: 'search',
  metrics: ({ amounts }) => {
    const size = `${String(amounts.search / 1e6)} MB`;
    return [
      { id: 'search', title: `search for the last line in ${size}`, unit: 's', goal: '≤ 1' },
      {
        id: 'search.common',
        title: `search for what each tenth line has in ${size}`,
        unit: 's',
        goal: '≤ 1',
      },
      { id: 'search.other', title: 'slowest other call during a search', unit: 'ms', goal: '≤ 20' },
    ];
  },
  async measure({ server }, context) {
    return { figures: await within(BOUND_S, search(server, context)), problems: [] };
  },
};
