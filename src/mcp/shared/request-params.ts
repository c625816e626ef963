import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import { describeProblem, withoutRepetition } from './schema-problems.ts';

/** The schema of the requests of one method. */
export type RequestSchema = z.ZodObject<{ method: z.ZodLiteral<string>; params?: z.ZodType }>;

/**
 * Returns the parameters of a request.
 *
 * @throws McpError "Invalid params" (JSON-RPC 2.0, 5.1) with an explanation if they do not fit the schema
 */
export function parseParams<Schema extends RequestSchema>(
  schema: Schema,
  request: { readonly method: string; readonly params?: unknown },
): z.output<Schema>['params'] {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data.params;
  const problems = withoutRepetition(parsed.error.issues).map((issue) =>
    describeProblem({ ...issue, path: issue.path.slice(1) }, request.params, 'The params are'),
  );
  throw new McpError(ErrorCode.InvalidParams, problems.join(' '));
}
