/** The same call in both eras of the protocol, in turn. */
import type { Measurement, Row } from '../row.ts';
import type { Session } from '../session.ts';
import { median } from '../statistics.ts';
import { timed, within } from '../timing.ts';
import { toolsOf } from './own-tools.ts';

const CALLS = 200;
const BOUND_S = 60;
/** What each request of MCP 2026-07-28 carries. */
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'background-jobs-bench', version: '1.0.0' },
};

async function measure(session: Session): Promise<Measurement> {
  const callTool = toolsOf(session);
  await session.server.waitForExit(await session.server.start(':'));
  const stateless: number[] = [];
  const inSession: number[] = [];
  for (let count = 0; count < CALLS; count++) {
    inSession.push((await timed(() => callTool('list', {}))).ms);
    stateless.push((await timed(() => callTool('list', {}, META))).ms);
  }
  return { figures: { eras: median(stateless) }, limit: { eras: median(inSession) }, problems: [] };
}

export const eras: Row = {
  id: 'eras',
  ours: true,
  metrics: () => [{ id: 'eras', title: 'list in MCP 2026-07-28 (bare: in 2025-11-25)', unit: 'ms' }],
  measure: (session) => within(BOUND_S, measure(session)),
};
