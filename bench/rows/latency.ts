/** Time from a job's write of a line until the client has it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { UsageMeter } from '../processes.ts';
import type { Row } from '../row.ts';
import type { Session } from '../session.ts';
import { SHELL } from '../shell.ts';
import { median } from '../statistics.ts';
import { millisecondsSince, within } from '../timing.ts';

/** The first lines are written while the reply to the start is still on its way. */
const SKIPPED_LINES = 10;
const LINES = SKIPPED_LINES + 60;
const BOUND_S = 30;
/** A server that misses the exit of its first job has still started what it needs. */
const FIRST_JOB_BOUND_S = 5;

/** Collects the latency of each line of the ticker in ms, and ignores any text around it and repetitions. */
class LatencyRecord {
  readonly #latencies = new Map<number, number>();

  /** `text` has just reached the client. */
  arrived(text: string): void {
    const now = process.hrtime.bigint();
    for (const [, number, written] of text.matchAll(/tick (\d+) (\d+)(?!\d)/g)) {
      const line = Number(number);
      if (this.#latencies.has(line)) continue;
      this.#latencies.set(line, millisecondsSince(BigInt(written ?? 0), now));
    }
  }

  get complete(): boolean {
    return this.#latencies.has(LINES - 1);
  }

  get missing(): number {
    return LINES - this.#latencies.size;
  }

  median(): number {
    return median([...this.#latencies].filter(([line]) => line >= SKIPPED_LINES).map(([, ms]) => ms));
  }
}

async function follow({ server }: Session, command: string): Promise<LatencyRecord> {
  const record = new LatencyRecord();
  const jobId = await server.start(command);
  while (!record.complete) record.arrived(await server.read(jobId));
  return record;
}

/** A ticker with an interval, followed by a client that reads in the fastest way the server has. */
function latencyRow(id: string, intervalMs: number, title: string, goal?: string): Row {
  return {
    id,
    metrics: () => [
      { id, title, unit: 'ms', ...(goal !== undefined && { goal }) },
      { id: `${id}.cpu`, title: '… CPU of the server per line', unit: 'ms' },
    ],
    async measureLimit({ workload }) {
      const record = new LatencyRecord();
      const child = spawn(SHELL, ['-c', workload.tick(LINES, intervalMs)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child.stdout.on('data', (chunk: Buffer) => {
        record.arrived(chunk.toString());
      });
      await once(child, 'close');
      return { [id]: record.median() };
    },
    async measure(session, { workload }) {
      // The first job starts what the server needs, which is not the cost of a line.
      const first = await session.server.start(':');
      await within(FIRST_JOB_BOUND_S, session.server.waitForExit(first)).catch(() => undefined);
      const meter = new UsageMeter(() => session.ownProcesses((process) => workload.isJobProcess(process)));
      const record = await within(BOUND_S, follow(session, workload.tick(LINES, intervalMs)));
      const cpuMs = meter.read().reduce((sum, used) => sum + used.cpuMs, 0);
      const problems = record.missing === 0 ? [] : [`${String(record.missing)} lines were never seen`];
      return { figures: { [id]: record.median(), [`${id}.cpu`]: cpuMs / LINES }, problems };
    },
  };
}

export const latencies: readonly Row[] = [
  latencyRow('latency', 20, 'line written → readable by the client', '≤ 0.6'),
  // As an agent or a person follows a build.
  latencyRow('latency-slow', 100, 'the same at 10 lines/s, with the client waiting'),
];
