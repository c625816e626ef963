import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Endpoint } from '../../src/mcp/transports/http-endpoint.ts';

export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens a loopback address for clients that do not support sockets. It adds the secret, and changes nothing else.
 *
 * @param aliases the replacement for each of these texts in requests
 */
export async function openProxy(
  { socket, path, headers }: Endpoint,
  aliases: Readonly<Record<string, string>> = {},
): Promise<Proxy> {
  const translate = (body: string): string =>
    Object.entries(aliases).reduce((changed, [from, to]) => changed.replaceAll(`"${from}"`, `"${to}"`), body);
  const pass = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = translate(await text(incoming));
    const { 'content-length': _length, 'transfer-encoding': _encoding, ...received } = incoming.headers;
    const named = received['mcp-name'];
    const name = typeof named === 'string' && { 'mcp-name': aliases[named] ?? named };
    const outgoing = request({
      socketPath: socket,
      path: incoming.url,
      method: incoming.method,
      headers: { ...received, ...name, ...headers },
      agent: false,
    });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    outgoing.end(body === '' ? undefined : body);
  };
  const server = createServer((incoming, response) => void pass(incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
