/** Jobs on a terminal: their throughput, start and memory, against the least that a terminal costs, and against pipes. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { binarySize } from '../amounts.ts';
import { idleMemory } from '../memory.ts';
import { type JobServer, NotOffered } from '../peer.ts';
import type { Figures, Measurement, Row, RowContext } from '../row.ts';
import type { Session } from '../session.ts';
import { median } from '../statistics.ts';
import { millisecondsSince, timed, within } from '../timing.ts';
import { lastLine, linesOf } from '../workload.ts';

const run = promisify(execFile);
const BYTES = 64 * 1024 ** 2;
const WRITE_BYTES = 64 * 1024;
const STARTS = 30;
const JOBS = 50;
const SETTLE_MS = 1000;
const BOUND_S = 120;
/** As the jobs of the other rows that only exist. */
const SLEEP = 'exec sleep 1000';

/** @throws NotOffered if the server has no terminals */
function starterOf({ startOnTerminal }: JobServer): (command: string) => Promise<string> {
  if (startOnTerminal === undefined) throw new NotOffered('It has no terminals for jobs.');
  return startOnTerminal;
}

/** Bare limit: the same writer on a terminal that a program in C reads. */
async function measureBareTerminal({ workload }: RowContext): Promise<Figures> {
  const lines = linesOf(BYTES);
  const [file, ...args] = workload.readTerminal(workload.write(lines, WRITE_BYTES));
  if (file === undefined) return {};
  const { result, ms } = await timed(() => run(file, args));
  // A terminal ends each line with a carriage return, too.
  const expected = lines * (lastLine(lines).length + 2);
  if (Number(result.stdout) !== expected)
    throw new Error(`The bare terminal carried ${result.stdout.trim()} of ${String(expected)} bytes`);
  return { terminal: ms / 1000 };
}

/** What script(1) takes, which runs a command on a terminal and keeps its output in a file, as a job does. */
async function measureScript({ workload }: RowContext): Promise<Figures> {
  try {
    const command = workload.write(linesOf(BYTES), WRITE_BYTES);
    const { ms } = await timed(() =>
      run(
        'sh',
        ['-c', 'script -qec "$0" "$1" > /dev/null; rm -f "$1"', command, `typescript-${process.pid}`],
        {
          cwd: process.env.TMPDIR ?? '/tmp',
        },
      ),
    );
    return { 'terminal.script': ms / 1000 };
  } catch {
    // There is no script(1).
    return {};
  }
}

async function measureVolume({ server }: Session, context: RowContext): Promise<Measurement> {
  const startOnTerminal = starterOf(server);
  const lines = linesOf(BYTES);
  // The first one loads what terminals need.
  await server.waitForExit(await startOnTerminal(':'));
  const begin = process.hrtime.bigint();
  const id = await startOnTerminal(context.workload.write(lines, WRITE_BYTES));
  await server.waitForExit(id);
  const seconds = millisecondsSince(begin) / 1000;
  const tail = await server.tail(id, 2);
  const isThere = tail.split('\n').some((line) => line.trim() === lastLine(lines));
  return {
    figures: { terminal: seconds, ...(await measureScript(context)) },
    problems: isThere ? [] : ['the last line cannot be read back'],
  };
}

/** Starts with pipes and on a terminal in turn. */
async function measureStart({ server }: Session): Promise<Measurement> {
  const startOnTerminal = starterOf(server);
  const begin = process.hrtime.bigint();
  await server.start(':');
  const { ms: first } = await timed(() => startOnTerminal(':'));
  const starts: number[] = [];
  const pipes: number[] = [];
  while (starts.length < STARTS && millisecondsSince(begin) < BOUND_S * 1000) {
    pipes.push((await timed(() => server.start(':'))).ms);
    starts.push((await timed(() => startOnTerminal(':'))).ms);
  }
  return {
    figures: { 'terminal-start': median(starts), 'terminal-start.first': first },
    problems: [],
    limit: { 'terminal-start': median(pipes) },
  };
}

async function measureMemory(session: Session): Promise<Measurement> {
  const { server } = session;
  const startOnTerminal = starterOf(server);
  const own = () =>
    session.ownProcesses(({ argv }) => argv[0] === 'sleep' || argv.some((word) => word.includes(SLEEP)));
  /** Memory in MB of some jobs above what the server took before. */
  const memoryOf = async (count: number, start: (command: string) => Promise<string>): Promise<number> => {
    const before = await idleMemory(own);
    const ids: string[] = [];
    while (ids.length < count) ids.push(await start(SLEEP));
    await sleep(SETTLE_MS);
    const after = await idleMemory(own);
    for (const id of ids) await server.kill(id);
    return (after - before) / 1e6;
  };
  await memoryOf(1, (command) => server.start(command));
  const pipes = await memoryOf(JOBS, (command) => server.start(command));
  const first = await memoryOf(1, startOnTerminal);
  const terminals = await memoryOf(JOBS, startOnTerminal);
  return {
    figures: { 'terminal-memory': terminals, 'terminal-memory.pipes': pipes, 'terminal-memory.first': first },
    problems: [],
  };
}

const volume: Row = {
  id: 'terminal',
  metrics: () => [
    {
      id: 'terminal',
      title: `${binarySize(BYTES)} of 100-byte lines through a terminal`,
      unit: 's',
      goal: '≤ ×1.5',
    },
    { id: 'terminal.script', title: '… the same with script(1), for comparison', unit: 's' },
  ],
  measureLimit: measureBareTerminal,
  measure: (session, context) => within(BOUND_S, measureVolume(session, context)),
};

const start: Row = {
  id: 'terminal-start',
  metrics: () => [
    { id: 'terminal-start', title: 'start → id on a terminal (ratio: to pipes)', unit: 'ms', goal: '≤ ×1.5' },
    { id: 'terminal-start.first', title: '… the first job on a terminal', unit: 'ms', goal: '≤ 100' },
  ],
  measure: (session) => within(BOUND_S, measureStart(session)),
};

const memory: Row = {
  id: 'terminal-memory',
  metrics: () => [
    {
      id: 'terminal-memory',
      title: `memory of ${String(JOBS)} jobs on terminals, above idle`,
      unit: 'MB',
      goal: '≤ 15',
    },
    { id: 'terminal-memory.pipes', title: '… of as many with pipes', unit: 'MB' },
    { id: 'terminal-memory.first', title: '… of the first job on a terminal', unit: 'MB' },
  ],
  measure: (session) => within(BOUND_S, measureMemory(session)),
};

export const terminals: readonly Row[] = [volume, start, memory];
