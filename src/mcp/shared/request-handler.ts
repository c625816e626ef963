/* eslint-disable @typescript-eslint/no-deprecated -- see mcp-server.ts */
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  ErrorCode,
  McpError,
  type ServerNotification,
  type ServerRequest,
  type ServerResult,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

export type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

type RequestSchema = z.ZodObject<{ method: z.ZodLiteral<string>; params?: z.ZodType }>;

/**
 * Answers requests of one method. Parameters of the wrong form are "Invalid params" (JSON-RPC 2.0, 5.1), in words: the
 * SDK calls them an internal error of ours.
 */
export function serve<Schema extends RequestSchema>(
  server: Server,
  schema: Schema,
  handler: (params: z.output<Schema>['params'], extra: Extra) => ServerResult | Promise<ServerResult>,
): void {
  const any = z.looseObject({ method: z.literal(schema.shape.method.value), params: z.unknown().optional() });
  server.setRequestHandler(any, (request, extra) => {
    const parsed = schema.safeParse(request);
    if (parsed.success) return handler(parsed.data.params, extra);
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}.`);
    throw new McpError(ErrorCode.InvalidParams, problems.join(' '));
  });
}
