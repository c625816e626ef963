/** The agent's bill: how many calls and bytes everyday tasks cost a model with each server. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallTool } from '../mcp-client.ts';
import { messageOf } from '../message.ts';
import { type InstalledPeer, NotOffered } from '../peer.ts';
import { findProcesses, killProcess, type ProcessInfo } from '../processes.ts';
import { Scene } from '../scene.ts';
import { within } from '../timing.ts';
import type { Agent } from './agent.ts';
import { ourAgent } from './our-agent.ts';
import { desktopCommander, manageBgMcp, processManagerMcp } from './peer-tools.ts';
import { pollingAgent } from './polling-agent.ts';
import { COMMANDS, SIGNS, SOURCES, watchCommand } from './story.ts';

export interface Bill {
  calls: number;
  /** Bytes that the model wrote: the names and arguments of its calls as JSON. */
  bytesIn: number;
  /** Bytes that the model read: the text of the replies. */
  bytesOut: number;
}

export type BillCell = Bill | { notOffered: string } | { failure: string };

export interface BillResults {
  /** Bytes of the tool definitions, which every request contains, by the name of the peer. */
  toolLists: Record<string, number>;
  tasks: { title: string; cells: Record<string, BillCell> }[];
}

const AGENTS: Readonly<Record<string, (call: CallTool) => Agent>> = {
  ours: ourAgent,
  'manage-bg-mcp': (call) => pollingAgent(manageBgMcp(call)),
  'process-manager-mcp': (call) => pollingAgent(processManagerMcp(call)),
  'desktop-commander': (call) => pollingAgent(desktopCommander(call)),
};

/** Counts calls and bytes, and keeps the replies. */
export class Counter {
  readonly bill: Bill = { calls: 0, bytesIn: 0, bytesOut: 0 };
  read = '';
  readonly #call: CallTool;

  constructor(call: CallTool) {
    this.#call = call;
  }

  readonly call: CallTool = async (name, args) => {
    const text = await this.#call(name, args);
    this.bill.calls++;
    this.bill.bytesIn += Buffer.byteLength(JSON.stringify({ name, arguments: args }));
    this.bill.bytesOut += Buffer.byteLength(text);
    this.read += text;
    return text;
  };
}

const MARKER = `BENCH_BILL=${String(process.pid)}`;
/** Timeout for stopped servers to exit, in ms. */
const PATIENCE_MS = 3000;
const BOUND_S = 90;
/** Jobs that a model finds after it lost its context. */
const FORGOTTEN = 3;

interface Task {
  title: string;
  /** @param before an agent whose calls do not count @param folder for files of the task */
  play(agent: Agent, before: Agent, folder: string): Promise<unknown>;
  /** Text that the model must have read. */
  sign?: RegExp;
}

const TASKS: readonly Task[] = [
  {
    title: 'start a dev server until it is ready (20 s)',
    play: (agent) => agent.startServer(COMMANDS.server),
    sign: SIGNS.ready,
  },
  {
    title: 'run tests, find the failure in 5 MB of output',
    play: (agent) => agent.findFailure(COMMANDS.tests),
    sign: SIGNS.failure,
  },
  {
    title: 'answer a prompt',
    play: (agent) => agent.answerPrompt(COMMANDS.prompt),
    sign: SIGNS.answered,
  },
  {
    title: 'follow a build of three minutes (180 lines)',
    play: (agent) => agent.followBuild(COMMANDS.build),
    sign: SIGNS.built,
  },
  {
    title: `find and end ${String(FORGOTTEN)} jobs after a lost context`,
    async play(agent, before) {
      for (let job = 0; job < FORGOTTEN; job++) await before.prepare(`export ${MARKER}; ${COMMANDS.wrapped}`);
      await agent.cleanUp();
    },
  },
  {
    title: 'restart a server with another environment',
    play: async (agent, before) =>
      agent.changeEnvironment(await before.prepare(COMMANDS.wrapped), COMMANDS.wrapped),
    sign: SIGNS.greeting,
  },
  {
    title: 'edit, compile, read 3 errors, repair (5 s a round)',
    async play(agent, _before, folder) {
      const file = join(folder, 'cart.ts');
      await writeFile(file, SOURCES.good);
      await agent.editAndCompile(watchCommand(file), {
        breakFile: () => writeFile(file, SOURCES.bad),
        repairFile: () => writeFile(file, SOURCES.good),
      });
    },
    sign: SIGNS.errorsThenNone,
  },
];

async function play(
  task: Task,
  peer: InstalledPeer,
  makeAgent: (call: CallTool) => Agent,
): Promise<BillCell> {
  const scene = new Scene();
  try {
    const client = await peer.connect?.(scene.launch);
    if (client === undefined) return { notOffered: 'It is no MCP server.' };
    const counter = new Counter(client.callTool);
    const [agent, before] = [makeAgent(counter.call), makeAgent(client.callTool)];
    await within(BOUND_S, task.play(agent, before, scene.launch.folder));
    const alive = await survivors();
    alive.forEach(killProcess);
    await client.close();
    if (task.sign?.test(counter.read) === false) throw new Error('what was to be read was not');
    if (alive.length > 0) return { notOffered: `${String(alive.length)} of the servers lived on.` };
    return counter.bill;
  } catch (error) {
    return error instanceof NotOffered ? { notOffered: error.message } : { failure: messageOf(error) };
  } finally {
    scene.end();
  }
}

/** Servers that should have been stopped and are still running. */
async function survivors(): Promise<ProcessInfo[]> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const alive = findProcesses(MARKER).filter(({ argv }) =>
      argv.some((word) => word.endsWith('server.mjs')),
    );
    if (alive.length === 0 || performance.now() > deadline) return alive;
    await sleep(50);
  }
}

export async function makeBill(
  peers: readonly { name: string; installed: InstalledPeer }[],
  progress: (message: string) => void,
): Promise<BillResults> {
  const results: BillResults = { toolLists: {}, tasks: TASKS.map(({ title }) => ({ title, cells: {} })) };
  for (const { name, installed } of peers) {
    const makeAgent = AGENTS[name];
    if (makeAgent === undefined) continue;
    for (const [index, task] of TASKS.entries()) {
      progress(`bill: ${task.title}: ${name}`);
      const cells = results.tasks[index]?.cells;
      if (cells !== undefined) cells[name] = await play(task, installed, makeAgent);
    }
    results.toolLists[name] = await toolListBytes(installed);
  }
  return results;
}

async function toolListBytes(peer: InstalledPeer): Promise<number> {
  const scene = new Scene();
  try {
    const client = await peer.connect?.(scene.launch);
    const bytes = (await client?.toolListBytes()) ?? NaN;
    await client?.close();
    return bytes;
  } finally {
    scene.end();
  }
}
