import { type JSONRPCRequest, RELATED_TASK_META_KEY } from '@modelcontextprotocol/sdk/types.js';

/**
 * Returns true if a message is certainly a valid request. The schemas of the SDK say so, too, but take longer than the call
 * of a tool. Any other message is left to them.
 */
export function isPlainRequest(body: unknown): body is JSONRPCRequest {
  if (!isObject(body) || body.jsonrpc !== '2.0' || !isId(body.id) || typeof body.method !== 'string')
    return false;
  const { params } = body;
  if (Object.keys(body).length !== (params === undefined ? 3 : 4)) return false;
  return params === undefined || (isObject(params) && isPlainMeta(params._meta));
}

/** A call of a tool whose result is awaited. */
export interface PlainToolCall extends JSONRPCRequest {
  readonly params: { readonly name: string };
}

/** Returns true for a call of a tool that needs nothing of the SDK, such as its tasks. */
export function isPlainToolCall(request: JSONRPCRequest): request is PlainToolCall {
  const { method, params } = request;
  if (method !== 'tools/call' || !isPlainRequest(request) || params === undefined) return false;
  return typeof params.name === 'string' && !('task' in params);
}

function isPlainMeta(meta: unknown): boolean {
  if (meta === undefined) return true;
  if (!isObject(meta) || RELATED_TASK_META_KEY in meta) return false;
  const { progressToken } = meta;
  return progressToken === undefined || isId(progressToken);
}

/** Requests and progress tokens have the same kind of id (MCP, Base Protocol). */
function isId(value: unknown): boolean {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/** Members with this name would become the prototype of a copy. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.hasOwn(value, '__proto__')
  );
}
