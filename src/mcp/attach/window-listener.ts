import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { whenFree } from '../../base/busy-files.ts';
import { isSameSecret, makeSecret, SECRET_HEADER } from '../../sockets/secret.ts';
import { SelfHealingSocket } from '../../sockets/self-healing-socket.ts';
import {
  ENDPOINT_PATH,
  type EndpointAddress,
  listWindows,
  publishWindow,
  WINDOW_VERSION,
} from './window-files.ts';

export interface Listener {
  close(): void;
}

/** Time (ms) for a request to arrive: it is one line and a few headers. */
const REQUEST_TIMEOUT = 5000;
const MAX_CONNECTIONS = 32;

/**
 * Lets MCP clients outside of VS Code ask this window for its MCP endpoint. The endpoint costs much more than this
 * listener, so it opens for the first client that asks. Its address is never written to the disk.
 *
 * @param folder where windows publish their addresses, see `windowsFolder()`
 * @param open opens the endpoint, once
 * @throws Error if the socket or the file cannot be created
 */
export async function listen(folder: string, open: () => Promise<EndpointAddress>): Promise<Listener> {
  const secret = makeSecret();
  const server = createServer(
    { headersTimeout: REQUEST_TIMEOUT, requestTimeout: REQUEST_TIMEOUT, keepAlive: false },
    (request, response) => {
      void answer(request, response, secret, open);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  const lasting = new SelfHealingSocket(server);
  const socket = await lasting.listen('w');
  let withdraw: () => void;
  try {
    withdraw = await publishWindow(folder, { v: WINDOW_VERSION, pid: process.pid, socket, secret });
  } catch (error) {
    server.close();
    lasting.close();
    throw error;
  }
  removeDead(folder).catch(() => undefined);
  return {
    close() {
      withdraw();
      server.close();
      server.closeAllConnections();
      lasting.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  secret: string,
  open: () => Promise<EndpointAddress>,
): Promise<void> {
  const reply = (status: number, body?: object): void => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(body && JSON.stringify(body));
  };
  const isWanted = request.method === 'GET' && request.url === ENDPOINT_PATH;
  if (!isWanted || !isSameSecret(request.headers[SECRET_HEADER], secret)) {
    reply(404);
    return;
  }
  try {
    const { socket, path, headers } = await open();
    reply(200, { socket, path, headers });
  } catch (error) {
    reply(500, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** Removes the files of windows that were killed and no longer listen. */
async function removeDead(folder: string): Promise<void> {
  for (const { file, address } of await listWindows(folder)) {
    const connection = connect(address.socket);
    try {
      await once(connection, 'connect');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ECONNREFUSED' || code === 'ENOENT') whenFree(() => rmSync(file, { force: true }));
    } finally {
      connection.destroy();
    }
  }
}
