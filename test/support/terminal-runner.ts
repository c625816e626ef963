import { once } from 'node:events';
import type { TestContext } from 'node:test';
import type { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { LogReader } from '../../src/log/read/log-reader.ts';
import type { JobRecord, JobSpec } from '../../src/protocol/job-record.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { DIST } from './mcp-session.ts';
import { makeSpec, startJob, startRunner, untilEnded } from './runner.ts';

export const TERMINAL_SIZE = { columns: 120, rows: 30 };

/** Starts a runner whose jobs can have terminals. */
export async function openTerminalRunner(t: TestContext) {
  const { storage, connect, address } = await startRunner(t);
  const link = await connect({ modulesFolder: DIST });
  const output = (id: string): string => {
    const reader = new LogReader(logFolder(storage, id));
    const { start, end } = reader.range();
    return Buffer.concat([...reader.pieces(start, end)].map(({ bytes }) => Buffer.from(bytes))).toString();
  };
  const run = async (
    command: string,
    change: Partial<JobSpec> = {},
  ): Promise<{ job: JobRecord; text: string }> => {
    const spec = terminalSpec(command, change);
    const ended = untilEnded(link, spec.id);
    await startJob(link, spec);
    const job = await ended;
    return { job, text: output(spec.id) };
  };
  return { link, storage, connect, output, run, address };
}

export function terminalSpec(command: string, change: Partial<JobSpec> = {}): JobSpec {
  return makeSpec(command, { terminal: TERMINAL_SIZE, shell: '/bin/bash', ...change });
}

/** Resolves once the job has printed the text. */
export async function untilPrinted(
  link: RunnerLink,
  read: (id: string) => string,
  id: string,
  text: string,
): Promise<void> {
  link.watch(id);
  while (!read(id).includes(text)) await once(link, 'grew');
  link.unwatch(id);
}
