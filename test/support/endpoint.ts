import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import type { Endpoint, EndpointLimits } from '../../src/mcp/transports/http-endpoint.ts';
import type { ServerLimits } from '../../src/sockets/private-server.ts';
import { openManager } from './manager.ts';
import { openOwnEndpoint } from './own-endpoint.ts';
import { RawClient } from './raw-client.ts';
import { atEnd } from './scratch.ts';

export interface TestEndpoint {
  readonly manager: JobManager;
  readonly endpoint: Endpoint;
  /** A client with a session of its own. */
  readonly open: () => Promise<RawClient>;
  /** A client without a session. */
  readonly client: () => RawClient;
  /** A bare connection. */
  readonly connect: () => Socket;
}

/** Opens a job manager and its endpoint. Both close when the test ends. */
export async function openTestEndpoint(
  context: TestContext,
  limits: Partial<EndpointLimits & ServerLimits> = {},
): Promise<TestEndpoint> {
  const manager = openManager(context);
  const endpoint = await openOwnEndpoint(manager, '1.2.3', limits);
  atEnd(context, () => endpoint.close());
  return {
    manager,
    endpoint,
    client: () => new RawClient(endpoint),
    async open() {
      const client = new RawClient(endpoint);
      const { status, text } = await client.initialize();
      if (status !== 200) throw new Error(`${status} ${text}`);
      return client;
    },
    connect: () => {
      const socket = connect(endpoint.socket);
      atEnd(context, () => socket.destroy());
      return socket;
    },
  };
}

/** Returns the head of a POST request, without the empty line at its end. */
export function postHead(
  { path, headers }: Pick<Endpoint, 'path' | 'headers'>,
  more: Readonly<Record<string, string | number>>,
): string {
  const all = { host: 'localhost', 'content-type': 'application/json', ...headers, ...more };
  return [
    `POST ${path} HTTP/1.1`,
    ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
    '',
  ].join('\r\n');
}

/** Resolves when the connection is closed, with or without an error, since a write may fail then. */
export function untilClosed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}
