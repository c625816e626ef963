/* eslint-disable @typescript-eslint/no-deprecated -- see mcp-server.ts */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { Protocol, type RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  McpError,
  type ServerNotification,
  type ServerRequest,
  type ServerResult,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { explainFailure } from '../../base/error-message.ts';
import { parseParams, type RequestSchema } from './request-params.ts';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/**
 * Sets the handler for the requests of one method. Parameters that do not fit the schema are answered with "Invalid
 * params" and an explanation; the SDK would report an internal error.
 */
export function handleRequests<Schema extends RequestSchema>(
  server: Server,
  schema: Schema,
  handler: (params: z.output<Schema>['params'], extra: Extra) => ServerResult | Promise<ServerResult>,
): void {
  const any = z.looseObject({ method: z.literal(schema.shape.method.value), params: z.unknown().optional() });
  // The method of `Server` itself validates calls of tools before, and answers with the text of the schema library.
  Protocol.prototype.setRequestHandler.call(server, any, async (request, extra) => {
    try {
      return await handler(parseParams(schema, request as z.output<typeof any>), extra);
    } catch (error) {
      throw error instanceof McpError ? error : new Error(explainFailure(error), { cause: error });
    }
  });
}
