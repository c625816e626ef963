/* eslint-disable @typescript-eslint/no-deprecated -- see mcp-server.ts */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { Protocol, type RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  ErrorCode,
  McpError,
  type ServerNotification,
  type ServerRequest,
  type ServerResult,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { describeProblem } from './schema-problems.ts';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

type RequestSchema = z.ZodObject<{ method: z.ZodLiteral<string>; params?: z.ZodType }>;

/**
 * Sets the handler for the requests of one method. Parameters that do not fit the schema are answered with "Invalid
 * params" (JSON-RPC 2.0, 5.1) and an explanation; the SDK would report an internal error.
 */
export function handleRequests<Schema extends RequestSchema>(
  server: Server,
  schema: Schema,
  handler: (params: z.output<Schema>['params'], extra: Extra) => ServerResult | Promise<ServerResult>,
): void {
  const any = z.looseObject({ method: z.literal(schema.shape.method.value), params: z.unknown().optional() });
  // The method of `Server` itself validates calls of tools before, and answers with the text of the schema library.
  Protocol.prototype.setRequestHandler.call(server, any, (request, extra) => {
    const parsed = schema.safeParse(request);
    if (parsed.success) return handler(parsed.data.params, extra);
    const { params } = request as z.output<typeof any>;
    const problems = parsed.error.issues.map((issue) =>
      describeProblem({ ...issue, path: issue.path.slice(1) }, params, 'The params are'),
    );
    throw new McpError(ErrorCode.InvalidParams, problems.join(' '));
  });
}
