import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { eventually, isAlive } from '../../support/runner.ts';

export { eventually, isAlive };

export async function untilGone(...pids: readonly number[]): Promise<void> {
  await eventually(`the end of ${pids.join(', ')}`, () => !pids.some(isAlive));
}

/** Listens on loopback, by default on a free port. */
export async function listen(wanted = 0, host = '127.0.0.1'): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => socket.destroy()).listen(wanted, host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}
