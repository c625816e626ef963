import type { RawReply, RawRequest } from './raw-client.ts';

const STATELESS_VERSION = '2026-07-28';

/** The metadata of each request (MCP 2026-07-28, Base Protocol, `_meta`). */
export const META = {
  'io.modelcontextprotocol/protocolVersion': STATELESS_VERSION,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'stateless', version: '1' },
};

export interface StatelessRequest {
  readonly jsonrpc: '2.0';
  readonly id: string | number;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** Returns a request of MCP 2026-07-28. Members of `_meta` in the parameters are added. */
export function statelessRequest(
  id: string | number,
  method: string,
  params: Record<string, unknown> = {},
): StatelessRequest {
  const more = params._meta as object | undefined;
  return { jsonrpc: '2.0', id, method, params: { ...params, _meta: { ...META, ...more } } };
}

/** Returns the headers that repeat a request. */
export function standardHeaders({ method, params }: StatelessRequest): Record<string, string> {
  const name = method === 'tools/call' ? params.name : method === 'resources/read' ? params.uri : undefined;
  return {
    'mcp-protocol-version': STATELESS_VERSION,
    'mcp-method': method,
    ...(typeof name === 'string' && { 'mcp-name': name }),
  };
}

/** Sends a request of MCP 2026-07-28 over HTTP. The headers replace those that belong to it; undefined removes one. */
export function sendStateless(
  client: { send: (request: RawRequest) => Promise<RawReply> },
  request: StatelessRequest,
  headers: Readonly<Record<string, string | undefined>> = {},
  signal?: AbortSignal,
): Promise<RawReply> {
  const all = { ...standardHeaders(request), ...headers };
  return client.send({ headers: all, body: request, ...(signal && { signal }) });
}
