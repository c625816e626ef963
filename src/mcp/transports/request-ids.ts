import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';

/** Returns the id of the call that a message cancels. */
export function cancelledId(message: JSONRPCMessage): RequestId | undefined {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return undefined;
  const id = message.params?.requestId;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** Returns why a request is refused whose id is in use: its answer would be taken for that of the first call. */
export function takenId(id: RequestId): string {
  return `The id ${JSON.stringify(id)} belongs to a call that is not answered yet. Use another id.`;
}
