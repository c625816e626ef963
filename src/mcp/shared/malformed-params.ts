import { isJSONRPCNotification, isJSONRPCRequest, RequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { INITIALIZE_ADVICE } from './initialize-check.ts';
import { isPlainRequest } from './plain-request.ts';
import { paramsProblem } from './request-params.ts';

/**
 * Explains what is wrong with the params of a message that is valid without them: they must be an object, and the members
 * of `_meta` have types (MCP, Base Protocol). Returns undefined if nothing is, or the message itself is invalid. The SDK
 * would take the whole message for invalid.
 */
export function malformedParams(message: unknown): string | undefined {
  if (isPlainRequest(message) || typeof message !== 'object' || message === null) return undefined;
  const { params, ...rest } = message as Record<string, unknown>;
  if (params === undefined || !(isJSONRPCRequest(rest) || isJSONRPCNotification(rest))) return undefined;
  const { method } = rest;
  const problem = paramsProblem(RequestSchema, { method, params });
  return problem !== undefined && method === 'initialize' ? `${problem} ${INITIALIZE_ADVICE}` : problem;
}
