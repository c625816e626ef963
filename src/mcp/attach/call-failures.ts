import type {
  JSONRPCErrorResponse,
  JSONRPCRequest,
  JSONRPCResultResponse,
} from '@modelcontextprotocol/sdk/types.js';
import { isStateless } from '../stateless/request-meta.ts';
import { RefusedError } from './window-messages.ts';
import { NoWindowError } from './window-search.ts';

/** Error code in the range that JSON-RPC 2.0 reserves for servers. */
const SERVER_ERROR = -32000;

/** The answer to a request that failed: for a tool, a result that the model sees; otherwise an error. */
export function failure(
  request: JSONRPCRequest,
  message: string,
): JSONRPCResultResponse | JSONRPCErrorResponse {
  const { id, method } = request;
  if (method !== 'tools/call') return { jsonrpc: '2.0', id, error: { code: SERVER_ERROR, message } };
  const content = [{ type: 'text', text: `Error: ${message}` }];
  const result = { isError: true, content, ...(isStateless(request) && { resultType: 'complete' }) };
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

/** The message of an error, for a client. */
export function messageOf(error: unknown): string {
  if (error instanceof NoWindowError || error instanceof RefusedError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `${message} Try again in a moment.`;
}
