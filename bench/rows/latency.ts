/** Time from a job's write of a line until the client has it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Row } from '../row.ts';
import type { Session } from '../session.ts';
import { SHELL } from '../shell.ts';
import { median } from '../statistics.ts';
import { millisecondsSince, within } from '../timing.ts';

const INTERVAL_MS = 20;
/** The first lines are written while the reply to the start is still on its way. */
const SKIPPED_LINES = 10;
const LINES = SKIPPED_LINES + 60;
const BOUND_S = 30;

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

export const latency: Row = {
  id: 'latency',
  metrics: () => [
    { id: 'latency', title: 'line written → readable by the client', unit: 'ms', goal: '≤ 0.6' },
  ],
  async measureLimit({ workload }) {
    const record = new LatencyRecord();
    const child = spawn(SHELL, ['-c', workload.tick(LINES, INTERVAL_MS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (chunk: Buffer) => {
      record.arrived(chunk.toString());
    });
    await once(child, 'close');
    return { latency: record.median() };
  },
  async measure(session, { workload }) {
    const record = await within(BOUND_S, follow(session, workload.tick(LINES, INTERVAL_MS)));
    const problems = record.missing === 0 ? [] : [`${String(record.missing)} lines were never seen`];
    return { figures: { latency: record.median() }, problems };
  },
};
