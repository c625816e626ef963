/** A server with 10,000 finished jobs in its history. */
import { NotOffered } from '../peer.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';
import { millisecondsSince, within } from '../timing.ts';

const CALLS = 30;
const BOUND_S = 120;

export const history: Row = {
  id: 'history',
  once: true,
  metrics: ({ amounts }) => {
    const jobs = amounts.history.toLocaleString('en');
    return [
      { id: 'history', title: `list, with ${jobs} finished jobs`, unit: 'ms', goal: '≤ 1 for 20' },
      { id: 'history.size', title: '… size of the answer', unit: 'KB' },
      { id: 'history.first', title: `first list of a server with ${jobs} finished jobs`, unit: 'ms' },
    ];
  },
  session: ({ amounts }) => ({ history: amounts.history }),
  async measure({ server, hasHistory }) {
    if (!hasHistory) throw new NotOffered('It cannot be given a history without running every job of it.');
    const times: number[] = [];
    let text = '';
    await within(
      BOUND_S,
      (async () => {
        while (times.length <= CALLS) {
          const begin = process.hrtime.bigint();
          text = await server.list();
          times.push(millisecondsSince(begin));
        }
      })(),
    );
    const [first = NaN, ...others] = times;
    return {
      figures: {
        history: median(others),
        'history.size': Buffer.byteLength(text) / 1000,
        'history.first': first,
      },
      problems: [],
    };
  },
};
