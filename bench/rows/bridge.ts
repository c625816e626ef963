/** Cost of the bridge through which agent sessions outside of the window, and other clients, use its jobs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { McpClient } from '../mcp-client.ts';
import { memoryBytes } from '../processes.ts';
import type { Measurement, Row } from '../row.ts';
import type { Session } from '../session.ts';
import { median } from '../statistics.ts';
import { millisecondsSince, within } from '../timing.ts';

const BRIDGES = 7;
const CALLS = 100;
const BOUND_S = 120;
/** Time for work that follows a start, in ms. */
const SETTLE_MS = 1000;

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = process.hrtime.bigint();
  await work();
  return millisecondsSince(begin);
}

const list = (client: McpClient): Promise<string> => client.callTool('list', {});

async function measure({ server }: Session): Promise<Measurement> {
  if (server.host === undefined) throw new Error('The peer is not inside an editor.');
  const { host } = server;
  // The first call in the window loads code, and lets bridges find the window.
  await server.list();
  const firsts: number[] = [];
  const calls: number[] = [];
  const inside: number[] = [];
  const memory: number[] = [];
  while (firsts.length < BRIDGES) {
    const begin = process.hrtime.bigint();
    const client = await host.attach();
    await list(client);
    firsts.push(millisecondsSince(begin));
    for (let call = 0; call < CALLS / BRIDGES; call++) {
      calls.push(await timeOf(() => list(client)));
      inside.push(await timeOf(() => server.list()));
    }
    await sleep(SETTLE_MS);
    memory.push(memoryBytes(client.pid) / 1e6);
    await client.close();
  }
  return {
    figures: {
      'bridge.first': median(firsts),
      bridge: median(calls),
      'bridge.memory': median(memory),
    },
    problems: [],
    limit: { bridge: median(inside) },
  };
}

export const bridge: Row = {
  id: 'bridge',
  inEditor: true,
  metrics: () => [
    { id: 'bridge', title: 'VS Code: list through the bridge (bare: in the window)', unit: 'ms' },
    { id: 'bridge.first', title: '… the first call of a session, with the start of the bridge', unit: 'ms' },
    { id: 'bridge.memory', title: '… memory of the bridge', unit: 'MB' },
  ],
  measure: (session) => within(BOUND_S, measure(session)),
};
