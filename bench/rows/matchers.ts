/** A job with problem matchers that prints much: whether it is slowed down, and what the scan costs. */
import { UsageMeter } from '../processes.ts';
import type { Measurement, Row, RowContext } from '../row.ts';
import type { Session } from '../session.ts';
import { millisecondsSince, within } from '../timing.ts';
import { linesOf } from '../workload.ts';
import { toolsOf } from './own-tools.ts';

/** About 50 MB/s: a write each ms. */
const WRITE_BYTES = 50_000;
const PAUSE_MS = 1;
const SECONDS = 5;
const BYTES = (SECONDS * 1000 * WRITE_BYTES) / PAUSE_MS;
const BOUND_S = 120;

async function measure(session: Session, { workload }: RowContext): Promise<Measurement> {
  const { server } = session;
  const callTool = toolsOf(session);
  const command = workload.write(linesOf(BYTES), WRITE_BYTES, PAUSE_MS);
  const run = async (problems?: readonly string[]) => {
    const meter = new UsageMeter(() => session.ownProcesses((process) => workload.isJobProcess(process)));
    const begin = process.hrtime.bigint();
    const reply = await callTool('execute', { command, ...(problems && { problems }) });
    const id = /^id=(\S+)/.exec(reply)?.[1] ?? '';
    await server.waitForExit(id);
    const seconds = millisecondsSince(begin) / 1000;
    // It waits until the log is scanned.
    await callTool('status', { job_id: id });
    const scanned = millisecondsSince(begin) / 1000;
    const cpuMs = meter.read().reduce((sum, used) => sum + used.cpuMs, 0);
    return { seconds, lag: scanned - seconds, cpu: cpuMs / (10 * scanned) };
  };
  await server.waitForExit(await server.start(':'));
  const plain = await run();
  const scanned = await run(['$tsc']);
  return {
    figures: {
      matchers: scanned.seconds,
      'matchers.lag': scanned.lag,
      'matchers.cpu': scanned.cpu,
      'matchers.plain': plain.cpu,
    },
    limit: { matchers: plain.seconds },
    problems: [],
  };
}

export const matchers: Row = {
  id: 'matchers',
  ours: true,
  metrics: () => [
    {
      id: 'matchers',
      title: `${String(BYTES / 1e6)} MB at about 50 MB/s with a problem matcher (bare: without)`,
      unit: 's',
    },
    { id: 'matchers.lag', title: '… from the end of the job until all lines are scanned', unit: 's' },
    { id: 'matchers.cpu', title: '… CPU of the server, of one core', unit: '%' },
    { id: 'matchers.plain', title: '… without a matcher', unit: '%' },
  ],
  measure: (session, context) => within(BOUND_S, measure(session, context)),
};
