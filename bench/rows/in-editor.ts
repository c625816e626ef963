/** Cost of the extension for the VS Code in which it runs. */
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeFolder } from '../../src/base/remove-folder.ts';
import { binarySize } from '../amounts.ts';
import { makeEmptyExtension } from '../editor/empty-extension.ts';
import { openEditor } from '../editor/open-editor.ts';
import type { HostProbe } from '../peer.ts';
import type { Row, RowContext } from '../row.ts';
import type { Session } from '../session.ts';
import { median } from '../statistics.ts';
import { within } from '../timing.ts';
import { linesOf } from '../workload.ts';

const BUNDLE = join(import.meta.dirname, '..', '..', 'dist', 'extension.js');
const BOUND_S = 300;
/** Duration of the measurement, in ms. Nothing happens in it when idle. */
const WINDOW_MS = 10_000;
/** Wait for at most this many of them, until one costs hardly less CPU than the previous one. */
const MAX_SETTLING = 12;
const SETTLED = 0.9;
const FINISHED = 500;
const PRINTING = 20;
const CLICKS = 5;
/** Lines of 100 bytes of each printing job and the interval between them, in ms. They outlast the row. */
const PRINT_MS = 10;
const PRINT_LINES = 12_000;

export function hostOf({ server }: Session): HostProbe {
  if (server.host === undefined) throw new Error('The peer is not inside an editor.');
  return server.host;
}

export const rest = () => sleep(WINDOW_MS);

/** VS Code is busy for about a minute after its start, which must not be counted. */
export async function settle(host: HostProbe): Promise<void> {
  let before = Infinity;
  for (let windows = 0; windows < MAX_SETTLING; windows++) {
    const { cpu } = await host.metered(rest);
    if (cpu > before * SETTLED) return;
    before = cpu;
  }
}

/** Memory in MB of an extension host with an extension that does nothing. */
async function emptyHost(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bg-bench-'));
  try {
    const editor = await openEditor({
      folder,
      extensionPath: makeEmptyExtension(folder),
      settings: {},
      env: {},
    });
    await sleep(WINDOW_MS / 5);
    const bytes = (await editor.ask('memory')) as number;
    await editor.close();
    return bytes / 1e6;
  } finally {
    removeFolder(folder, { maxRetries: 5 });
  }
}

export const activation: Row = {
  id: 'activation',
  inEditor: true,
  metrics: () => [
    { id: 'activation', title: 'VS Code: activation, nothing runs', unit: 'ms', goal: '≤ 20' },
    { id: 'activation.size', title: '… size of extension.js', unit: 'KB', goal: '≤ 100' },
    {
      id: 'activation.memory',
      title: 'VS Code: memory in use by the extension host before the first MCP start',
      unit: 'MB',
      goal: 'bare + 8',
    },
  ],
  measureLimit: async () => ({ 'activation.memory': await emptyHost() }),
  async measure(session) {
    const host = hostOf(session);
    await sleep(WINDOW_MS / 5);
    const memory = (await host.memory()) / 1e6;
    return {
      figures: {
        activation: await host.activationTime(),
        'activation.size': statSync(BUNDLE).size / 1000,
        'activation.memory': memory,
      },
      problems: [],
    };
  },
};

export const activationWithHistory: Row = {
  id: 'activation-history',
  inEditor: true,
  once: true,
  metrics: ({ amounts }) => [
    {
      id: 'activation-history',
      title: `VS Code: activation with ${amounts.history.toLocaleString('en')} finished jobs`,
      unit: 'ms',
      goal: '≤ 50',
    },
  ],
  session: ({ amounts }) => ({ history: amounts.history }),
  async measure(session) {
    return { figures: { 'activation-history': await hostOf(session).activationTime() }, problems: [] };
  },
};

export const hostDuringVolume: Row = {
  id: 'vscode-volume',
  inEditor: true,
  metrics: ({ amounts }) => [
    { id: 'host.idle', title: 'VS Code: event-loop delay of the extension host, idle, p99', unit: 'ms' },
    {
      id: 'host.volume',
      title: `… while a job prints ${binarySize(amounts.volume)}`,
      unit: 'ms',
      goal: 'idle + 1',
    },
  ],
  async measure(session, { workload, amounts }) {
    const host = hostOf(session);
    // Neither includes the runner or code that the first call loads.
    await session.server.waitForExit(await session.server.start(':'));
    const idle = await host.metered(rest);
    const command = workload.write(linesOf(amounts.volume), 64 * 1024);
    const volume = await host.metered(async () => {
      await session.server.waitForExit(await session.server.start(command));
    });
    return { figures: { 'host.idle': idle.p99, 'host.volume': volume.p99 }, problems: [] };
  },
};

async function measureTree(session: Session, { workload }: RowContext) {
  const { server } = session;
  const host = hostOf(session);
  const texts = Array.from({ length: CLICKS }, (_, at) => `output-of-${String(at)}`);
  for (const text of texts) await server.waitForExit(await server.start(`echo ${text}`));
  await host.hideView();
  await settle(host);
  const idle = await host.metered(rest);
  const printing = workload.write(PRINT_LINES, 100, PRINT_MS);
  for (let job = 0; job < PRINTING; job++) await server.start(printing);
  const hidden = await host.metered(rest);
  await host.showView();
  const shown = await host.metered(rest);
  const times: number[] = [];
  const clicking = await host.metered(async () => {
    for (const text of texts.toReversed()) times.push(await host.openOutput(`echo ${text}`, text));
  });
  return {
    'tree.click': median(times),
    'tree.delay.idle': idle.p99,
    'tree.delay': shown.p99,
    'tree.delay.clicking': clicking.p99,
    'tree.cpu.idle': idle.cpu,
    'tree.cpu': hidden.cpu,
    'tree.cpu.shown': shown.cpu,
  };
}

export const tree: Row = {
  id: 'vscode-tree',
  inEditor: true,
  session: () => ({ history: FINISHED }),
  metrics: () => [
    {
      id: 'tree.click',
      title: `VS Code: click on a row → its output in sight (${String(FINISHED)} finished jobs, ${String(PRINTING)} print)`,
      unit: 'ms',
    },
    { id: 'tree.delay.idle', title: '… event-loop delay before, nothing runs, p99', unit: 'ms' },
    { id: 'tree.delay', title: '… with the view in sight, p99', unit: 'ms' },
    { id: 'tree.delay.clicking', title: '… during the clicks, p99', unit: 'ms' },
    { id: 'tree.cpu.idle', title: '… CPU of the extension host in 10 s, nothing runs', unit: 'ms' },
    { id: 'tree.cpu', title: '… with the view hidden', unit: 'ms' },
    { id: 'tree.cpu.shown', title: '… with the view in sight', unit: 'ms' },
  ],
  async measure(session, context) {
    return { figures: await within(BOUND_S, measureTree(session, context)), problems: [] };
  },
};
