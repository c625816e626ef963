/** Cost of a server while ten jobs sleep and no client calls. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { idleMemory } from '../memory.ts';
import { memoryBytes, UsageMeter } from '../processes.ts';
import type { Row } from '../row.ts';
import { isShell } from '../workload.ts';

const JOBS = 10;
/** Time for work that follows a start, in ms. */
const SETTLE_MS = 1000;
const SECONDS = 10;
const COMMAND = 'exec sleep 1000';

/** Memory in MB of a Node process that does nothing. */
async function bareProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e8)'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { pid } = child;
  await once(child.stdout, 'data');
  await sleep(SETTLE_MS);
  const bytes = memoryBytes(pid ?? 0);
  child.kill();
  await once(child, 'exit');
  return bytes / 1e6;
}

export const idle: Row = {
  id: 'idle',
  metrics: () => [
    {
      id: 'idle.cpu',
      title: `CPU of all processes in ${String(SECONDS)} s, ${String(JOBS)} jobs sleep`,
      unit: 'ms',
    },
    { id: 'idle.cpu.most', title: '… of the one with most', unit: 'ms', goal: '≤ 10' },
    { id: 'idle.wakeups', title: '… wake-ups of all', unit: 'per s' },
    { id: 'idle.memory', title: `memory of all processes, ${String(JOBS)} jobs sleep`, unit: 'MB' },
    { id: 'idle.memory.first', title: '… of the largest process', unit: 'MB', goal: '≤ 60' },
    {
      id: 'idle.memory.second',
      title: '… of the second largest (ours: the runner)',
      unit: 'MB',
      goal: 'bare + 12',
    },
  ],
  async measureLimit() {
    const bare = await bareProcess();
    return { 'idle.memory.first': bare, 'idle.memory.second': bare };
  },
  async measure(session) {
    for (let job = 0; job < JOBS; job++) await session.server.start(COMMAND);
    await sleep(SETTLE_MS);
    const own = () =>
      session.ownProcesses(({ argv }) => argv[0] === 'sleep' || (isShell(argv) && argv.includes(COMMAND)));
    const meter = new UsageMeter(own);
    await sleep(SECONDS * 1000);
    const used = meter.read();
    const total = (await idleMemory(own)) / 1e6;
    const each = own()
      .map(({ pid }) => memoryBytes(pid) / 1e6)
      .sort((a, b) => b - a);
    const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
    return {
      figures: {
        'idle.cpu': sum(used.map(({ cpuMs }) => cpuMs)),
        'idle.cpu.most': Math.max(...used.map(({ cpuMs }) => cpuMs)),
        'idle.wakeups': sum(used.map(({ wakeUps }) => wakeUps)) / SECONDS,
        'idle.memory': total,
        ...(each[0] !== undefined && { 'idle.memory.first': each[0] }),
        ...(each[1] !== undefined && { 'idle.memory.second': each[1] }),
      },
      problems: [],
    };
  },
};
