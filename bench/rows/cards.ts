/** Cost of the cards of jobs in VS Code's chat for the extension host. */
import type { Row, RowContext } from '../row.ts';
import type { Session } from '../session.ts';
import { within } from '../timing.ts';
import { hostOf, rest, settle } from './in-editor.ts';

const BOUND_S = 600;
const FINISHED = 40;
const LIVE = 10;
/** Lines of 100 bytes of each live job, and the interval between them, in ms. They outlast the row. */
const PRINT_MS = 100;
const PRINT_LINES = 12_000;

async function measureCards(session: Session, { workload }: RowContext) {
  const host = hostOf(session);
  const live = workload.write(PRINT_LINES, 100, PRINT_MS);
  await host.openChat();
  await settle(host);
  const idle = await host.metered(rest);
  await host.showCards([...Array<string>(FINISHED).fill('true'), ...Array<string>(LIVE).fill(live)]);
  await settle(host);
  const shown = await host.metered(rest);
  await host.hideChat();
  const hidden = await host.metered(rest);
  // The jobs go on without cards.
  await host.openChat();
  await host.hideChat();
  await settle(host);
  const none = await host.metered(rest);
  return {
    'cards.delay.idle': idle.p99,
    'cards.delay': shown.p99,
    'cards.delay.hidden': hidden.p99,
    'cards.cpu.idle': idle.cpu,
    'cards.cpu': shown.cpu,
    'cards.cpu.hidden': hidden.cpu,
    'cards.cpu.none': none.cpu,
  };
}

export const cards: Row = {
  id: 'vscode-cards',
  inEditor: true,
  once: true,
  session: () => ({ agentMode: true }),
  metrics: () => [
    {
      id: 'cards.delay.idle',
      title: `VS Code: event-loop delay before ${String(FINISHED + LIVE)} cards in a chat, p99`,
      unit: 'ms',
    },
    {
      id: 'cards.delay',
      title: `… with the cards, ${String(LIVE)} of jobs that print, p99`,
      unit: 'ms',
      goal: 'idle + 2',
    },
    { id: 'cards.delay.hidden', title: '… with the chat hidden, p99', unit: 'ms' },
    { id: 'cards.cpu.idle', title: '… CPU of the extension host in 10 s, before', unit: 'ms' },
    { id: 'cards.cpu', title: '… with the cards', unit: 'ms' },
    { id: 'cards.cpu.hidden', title: '… with the chat hidden', unit: 'ms' },
    { id: 'cards.cpu.none', title: '… with the same jobs and no cards', unit: 'ms', goal: 'as hidden' },
  ],
  async measure(session, context) {
    return { figures: await within(BOUND_S, measureCards(session, context)), problems: [] };
  },
};
