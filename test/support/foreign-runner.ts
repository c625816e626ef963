import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { connectOn } from '../../src/protocol/message-connection.ts';
import * as protocol from '../../src/protocol/messages.ts';
import { claim } from '../../src/protocol/runner-address.ts';
import { makeSpec } from './runner.ts';
import { atEnd } from './scratch.ts';

const FOREIGN_PROTOCOL = 999;
const RUNNER = 'foreign';
const processes = systemProcessTable();

/** A runner of another version, with a job. */
export interface ForeignRunner {
  readonly job: JobRecord;
  /** The process of its job. */
  readonly shell: ChildProcess;
  /** Breaks its connections, and accepts new ones. */
  readonly disconnect: () => void;
  /** Resolves when its process is gone and its connections are broken. */
  readonly die: () => Promise<void>;
}

/**
 * Starts a runner that implements only the messages that no version may change: hello, kill, changed.
 *
 * @param options isIdle: whether it has not started its job yet
 */
export async function startForeignRunner(
  t: TestContext,
  storage: string,
  { isIdle = false } = {},
): Promise<ForeignRunner> {
  const [life, shell] = [await startProcess(t), await startProcess(t)];
  const bootId = await processes.bootId();
  const state = { status: 'running', startedAt: Date.now(), runner: RUNNER, bootId } as const;
  const job: JobRecord = { ...makeSpec('sleep 100'), ...state, ...(await identityOf(shell)) };
  if (!isIdle) new Journal(storage).recordJob(job);

  const sockets = new Set<Socket>();
  const socket = join(storage, 'foreign.sock');
  const server = createServer((client) => {
    sockets.add(client.once('close', () => sockets.delete(client)));
    const connection = connectOn(client);
    connection.onRequest(protocol.hello, () => {
      return { protocol: FOREIGN_PROTOCOL, runner: RUNNER, pid: life.pid!, jobs: isIdle ? [] : [job] };
    });
    connection.onRequest(protocol.kill, ({ by }) => {
      return { job: { ...job, status: 'killed' as const, endedBy: by }, ended: 1, survivors: [] };
    });
    connection.listen();
  }).listen(socket);
  await once(server, 'listening');
  const disconnect = (): void => {
    for (const each of sockets) each.destroy();
  };
  const close = (): void => {
    server.close();
    disconnect();
  };
  atEnd(t, close);
  const address = { v: 1, runner: RUNNER, protocol: FOREIGN_PROTOCOL, ...(await identityOf(life)) };
  await claim(storage, { ...address, bootId, socket, secret: 'x' }, processes);
  const die = async (): Promise<void> => {
    const gone = once(life, 'exit');
    life.kill('SIGKILL');
    await gone;
    close();
  };
  return { job, shell, disconnect, die };
}

/** Starts a process in a session of its own. Ends it with the test. */
async function startProcess(t: TestContext): Promise<ChildProcess> {
  const child = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  atEnd(t, () => child.kill('SIGKILL'));
  return child;
}

async function identityOf({ pid }: ChildProcess): Promise<{ pid: number; pidStarted: string }> {
  const { started } = (await processes.find(pid!))!;
  return { pid: pid!, pidStarted: started };
}
