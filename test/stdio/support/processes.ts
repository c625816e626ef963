import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** How long an expected event may take, in ms. */
const PATIENCE = 20_000;

/** Returns true if a process runs. A zombie has exited, though its new parent may never reap it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

/** Polls a condition for which there is no event. @throws if it does not become true */
export async function eventually(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`It did not happen within ${PATIENCE} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function untilGone(...pids: readonly number[]): Promise<void> {
  await eventually(`the end of ${pids.join(', ')}`, () => !pids.some(isAlive));
}

/** Listens on loopback, by default on a free port. */
export async function listen(wanted = 0): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => socket.destroy()).listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}
