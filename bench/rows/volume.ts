/** Time from the tool call until the server reports the end of a job with much output, and its memory. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { binarySize } from '../amounts.ts';
import { idleMemory, PeakMemory } from '../memory.ts';
import type { JobServer } from '../peer.ts';
import type { Figures, Metric, Row, RowContext } from '../row.ts';
import type { Session } from '../session.ts';
import { SHELL } from '../shell.ts';
import { millisecondsSince, within } from '../timing.ts';
import { lastLine, linesOf } from '../workload.ts';

const run = promisify(execFile);
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const BOUND_S = 60;

/** Output of a row and size of each write, in bytes. */
interface Volume {
  id: string;
  total(context: RowContext): number;
  write: number;
  measuresMemory: boolean;
  goal: string;
  /** Seconds for each GiB, if that is more than `BOUND_S` */
  boundSPerGib?: number;
}

function metrics(volume: Volume, context: RowContext): Metric[] {
  const amount = binarySize(volume.total(context));
  const portion = volume.write < 1024 ? `${String(volume.write)}-byte` : `${String(volume.write / 1024)} KiB`;
  const wall: Metric = {
    id: volume.id,
    title: `${amount} of 100-byte lines in ${portion} writes`,
    unit: 's',
    goal: volume.goal,
  };
  const kept: Metric = {
    id: `${volume.id}.kept`,
    title: `of these ${amount}, readable afterwards`,
    unit: 'MB',
  };
  if (!volume.measuresMemory) return [wall, kept];
  return [
    wall,
    kept,
    { id: `${volume.id}.peak`, title: `peak memory during ${amount}, above idle`, unit: 'MB', goal: '≤ 15' },
    { id: `${volume.id}.idle`, title: 'memory of an idle server', unit: 'MB' },
  ];
}

/** Bare limit: the same writer into a reader through one pipe. */
async function measureLimit(volume: Volume, context: RowContext): Promise<Figures> {
  const { workload } = context;
  const lines = linesOf(volume.total(context));
  const begin = process.hrtime.bigint();
  const { stdout } = await run(SHELL, ['-c', `${workload.write(lines, volume.write)} | ${workload.read()}`]);
  const elapsed = millisecondsSince(begin);
  const expected = lines * (lastLine(lines).length + 1);
  if (Number(stdout) !== expected) {
    throw new Error(`The bare pipe carried ${stdout.trim()} of ${String(expected)} bytes`);
  }
  return { [volume.id]: elapsed / 1000 };
}

async function writeAll({ server }: Session, command: string) {
  const begin = process.hrtime.bigint();
  const jobId = await server.start(command);
  await server.waitForExit(jobId);
  return { jobId, seconds: millisecondsSince(begin) / 1000 };
}

async function measure(volume: Volume, session: Session, context: RowContext) {
  const { workload } = context;
  const { server } = session;
  const lines = linesOf(volume.total(context));
  const command = workload.write(lines, volume.write);
  const ownProcesses = () => session.ownProcesses((process) => workload.isJobProcess(process));
  // A server may start helper processes with its first job. They belong to the idle server.
  await server.start(':');
  const idle = volume.measuresMemory ? await idleMemory(ownProcesses) : 0;

  const peak = volume.measuresMemory ? new PeakMemory(ownProcesses) : undefined;
  const bound = Math.max(BOUND_S, (volume.boundSPerGib ?? 0) * (volume.total(context) / GIB));
  const written = await within(bound, writeAll(session, command)).finally(() => peak?.stop());
  const figures: Figures = { [volume.id]: written.seconds };
  if (peak !== undefined) {
    figures[`${volume.id}.peak`] = (peak.stop() - idle) / 1e6;
    figures[`${volume.id}.idle`] = idle / 1e6;
  }

  const { kept, problems } = await within(BOUND_S, readBack(server, written.jobId, lines));
  figures[`${volume.id}.kept`] = kept / 1e6;
  return { figures, problems };
}

/** Checks the last line, because the time of lost output would be meaningless. */
async function readBack(server: JobServer, jobId: string, lines: number) {
  const tail = await server.tail(jobId, 2);
  const expected = lastLine(lines);
  const isThere = tail.split('\n').some((line) => line.trim() === expected);
  return {
    kept: await server.keptBytes(jobId),
    problems: isThere ? [] : ['the last line cannot be read back'],
  };
}

function volumeRow(volume: Volume): Row {
  return {
    id: volume.id,
    metrics: (context) => metrics(volume, context),
    measureLimit: (context) => measureLimit(volume, context),
    measure: (session, context) => measure(volume, session, context),
  };
}

export const volume = volumeRow({
  id: 'volume',
  total: ({ amounts }) => amounts.volume,
  write: 64 * 1024,
  measuresMemory: true,
  goal: '≤ ×1.1',
});

/** Memory must not grow with the output. */
export const hugeVolume: Row = {
  ...volumeRow({
    id: 'huge',
    total: ({ amounts }) => amounts.hugeVolume,
    write: 64 * 1024,
    measuresMemory: true,
    boundSPerGib: 24,
    goal: '≤ ×1.1',
  }),
  once: true,
  after: 'volume',
};

export const smallWrites = volumeRow({
  id: 'small-writes',
  total: () => 64 * MIB,
  write: 100,
  measuresMemory: false,
  goal: '≤ ×1.3',
});
