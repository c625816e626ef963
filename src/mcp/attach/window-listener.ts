import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { whenFree } from '../../base/busy-files.ts';
import { messageOf } from '../../base/error-message.ts';
import { type PrivateServer, refuseUnread } from '../../sockets/private-server.ts';
import { isSameSecret, makeSecret, SECRET_HEADER } from '../../sockets/secret.ts';
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

/**
 * Lets MCP clients outside of VS Code ask this window for its MCP endpoint. The endpoint costs much more than the answer,
 * so it opens for the first client that asks. Its secret is never written to the disk.
 *
 * @param folder where windows publish their addresses, see `windowsFolder()`
 * @param open opens the endpoint, once
 * @throws Error if the file cannot be created
 */
export async function listen(
  server: PrivateServer,
  folder: string,
  open: () => Promise<EndpointAddress>,
): Promise<Listener> {
  const secret = makeSecret();
  server.serve(ENDPOINT_PATH, (request, response) => void answer(request, response, secret, open));
  const { socket } = server;
  const withdraw = await publishWindow(folder, { v: WINDOW_VERSION, pid: process.pid, socket, secret });
  removeDead(folder).catch(() => undefined);
  return { close: withdraw };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  secret: string,
  open: () => Promise<EndpointAddress>,
): Promise<void> {
  const reply = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(body));
  };
  if (request.method !== 'GET' || !isSameSecret(request.headers[SECRET_HEADER], secret)) {
    refuseUnread(request, response);
    return;
  }
  try {
    const { socket, path, headers } = await open();
    reply(200, { socket, path, headers });
  } catch (error) {
    reply(500, { error: messageOf(error) });
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
