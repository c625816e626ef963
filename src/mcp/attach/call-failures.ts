import type {
  JSONRPCErrorResponse,
  JSONRPCRequest,
  JSONRPCResultResponse,
} from '@modelcontextprotocol/sdk/types.js';

/** Error code in the range that JSON-RPC 2.0 reserves for servers. */
const SERVER_ERROR = -32000;

/** The answer to a request that failed: for a tool, a result that the model sees; otherwise an error. */
export function failure(
  { id, method }: JSONRPCRequest,
  message: string,
): JSONRPCResultResponse | JSONRPCErrorResponse {
  if (method !== 'tools/call') return { jsonrpc: '2.0', id, error: { code: SERVER_ERROR, message } };
  const result = { isError: true, content: [{ type: 'text', text: `Error: ${message}` }] };
  return { jsonrpc: '2.0', id, result };
}

/** The answer to a request that was in progress when the window closed. @param changesNothing whether the call only reads */
export function interrupted(
  request: JSONRPCRequest,
  changesNothing: boolean,
): JSONRPCResultResponse | JSONRPCErrorResponse {
  const tool = toolOf(request) ?? request.method;
  const what = 'The window of VS Code went away during the call, as it does when it reloads; jobs go on.';
  const next = changesNothing
    ? `Call ${tool} again.`
    : `Whether ${tool} was carried out is not known. Look with list before you call it again.`;
  return failure(request, `${what} ${next}`);
}

/** The tool that a request calls. */
export function toolOf({ method, params }: JSONRPCRequest): string | undefined {
  const name = params?.name;
  return method === 'tools/call' && typeof name === 'string' ? name : undefined;
}
