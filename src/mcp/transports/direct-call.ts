import { type JSONRPCErrorResponse, type JSONRPCMessage, McpError } from '@modelcontextprotocol/sdk/types.js';
import { explainFailure } from '../../base/error-message.ts';
import type { SessionCall, SessionCalls } from '../server/mcp-server.ts';
import type { PlainToolCall } from '../shared/plain-request.ts';
import { CODES } from '../stateless/protocol-error.ts';

/** Calls a tool in a session without the SDK, which checks each call against seven schemas. @returns the answer */
export async function callDirectly(
  { id, params }: PlainToolCall,
  callTool: SessionCalls['callTool'],
  call: SessionCall,
): Promise<JSONRPCMessage> {
  try {
    return { jsonrpc: '2.0', id, result: await callTool(params, call) };
  } catch (error) {
    return { jsonrpc: '2.0', id, error: errorOf(error) };
  }
}

function errorOf(error: unknown): JSONRPCErrorResponse['error'] {
  if (!(error instanceof McpError)) return { code: CODES.internalError, message: explainFailure(error) };
  return { code: error.code, message: error.message, ...(error.data !== undefined && { data: error.data }) };
}
