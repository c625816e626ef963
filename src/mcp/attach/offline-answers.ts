import {
  type JSONRPCRequest,
  LATEST_PROTOCOL_VERSION,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js';
import { CAPABILITIES, identityOf, INSTRUCTIONS } from '../server/server-identity.ts';
import { toolDefinitions } from '../server/tool-definitions.ts';
import { isStateless, META, VERSIONS } from '../stateless/request-meta.ts';

/** Defined by the build. */
declare const VERSION: string;

/**
 * Returns what the server answers to a request without any job, or undefined if it cannot. With these answers, a model has
 * the tools while there is no window, and the error of its call says why it cannot run.
 */
export function offlineResult(request: JSONRPCRequest): Record<string, unknown> | undefined {
  const result = resultOf(request);
  if (result === undefined || !isStateless(request)) return result;
  // The window that opens may have another version.
  const rest = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
  return { ...result, ...rest, _meta: { [META.server]: identityOf(VERSION) } };
}

function resultOf({ method, params }: JSONRPCRequest): Record<string, unknown> | undefined {
  const about = { capabilities: CAPABILITIES, instructions: INSTRUCTIONS };
  switch (method) {
    case 'initialize': {
      const wanted = String(params?.protocolVersion);
      const isKnown = SUPPORTED_PROTOCOL_VERSIONS.includes(wanted);
      const protocolVersion = isKnown ? wanted : LATEST_PROTOCOL_VERSION;
      return { protocolVersion, serverInfo: identityOf(VERSION), ...about };
    }
    case 'server/discover':
      return { supportedVersions: VERSIONS, ...about };
    case 'tools/list':
      return { tools: toolDefinitions({ compat: undefined, cards: undefined, client: undefined }) };
    default:
      return undefined;
  }
}
