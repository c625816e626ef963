import {
  InitializeRequestSchema,
  isJSONRPCRequest,
  LATEST_PROTOCOL_VERSION,
} from '@modelcontextprotocol/sdk/types.js';
import { paramsProblem } from './request-params.ts';

/** What a request that opens a session must hold. */
export const INITIALIZE_ADVICE =
  `Send protocolVersion (text, such as "${LATEST_PROTOCOL_VERSION}"), capabilities (an object), and clientInfo ` +
  '(an object with name and version).';

/**
 * Explains what is wrong with the request that opens a session, and what to send. Returns undefined if nothing is, or it is
 * another message. The SDK would report an internal error with the text of its schema library.
 */
export function initializeProblem(message: unknown): string | undefined {
  // Most messages are no such request, and the check of a schema takes longer than a call of a tool.
  if ((message as { readonly method?: unknown } | null)?.method !== 'initialize') return undefined;
  if (!isJSONRPCRequest(message)) return undefined;
  const problem = paramsProblem(InitializeRequestSchema, message);
  return problem === undefined ? undefined : `${problem} ${INITIALIZE_ADVICE}`;
}
