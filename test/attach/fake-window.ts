import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { windowsFolder } from '../../src/mcp/attach/attach-paths.ts';
import { readText } from '../../src/mcp/attach/socket-request.ts';
import type { EndpointAddress } from '../../src/mcp/attach/window-files.ts';
import { listen } from '../../src/mcp/attach/window-listener.ts';
import { PrivateServer } from '../../src/sockets/private-server.ts';
import { atEnd } from '../support/scratch.ts';

/** The outcome of a call: its HTTP status, or a broken connection. */
export type OnCall = (tool: string) => Promise<number | 'break'>;

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string };
}

const RESULTS: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'fake', version: '1' },
  },
  'tools/list': {
    tools: [
      { name: 'looks', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } },
      { name: 'acts', inputSchema: { type: 'object' } },
    ],
  },
  'tools/call': { content: [{ type: 'text', text: 'done' }] },
};

/** A window to attach to, with an endpoint that breaks when a test wants it to. */
export async function openFakeWindow(t: TestContext, storage: string, onCall: OnCall): Promise<void> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const { id, method, params } = JSON.parse(await readText(request)) as Message;
    const status = method === 'tools/call' ? await onCall(params?.name ?? '') : id === undefined ? 202 : 200;
    if (status === 'break') {
      response.destroy();
      return;
    }
    const result = RESULTS[method];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(status === 200 ? JSON.stringify({ jsonrpc: '2.0', id, result }) : undefined);
  };
  const server = await PrivateServer.open();
  atEnd(t, () => server.close());
  const path = '/fake';
  server.serve(path, (request, response) => void answer(request, response));
  const open = async (): Promise<EndpointAddress> => ({ socket: server.socket, path, headers: {} });
  const listener = await listen(server, windowsFolder(storage), open);
  atEnd(t, () => listener.close());
}
