import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import { describeProblem, withoutRepetition } from './schema-problems.ts';

/** The schema of the requests of one method. */
export type RequestSchema = z.ZodObject<{ method: z.ZodLiteral<string>; params?: z.ZodType }>;

interface Request {
  readonly method: string;
  readonly params?: unknown;
}

/**
 * Returns the parameters of a request.
 *
 * @throws McpError "Invalid params" (JSON-RPC 2.0, 5.1) with an explanation if they do not fit the schema
 */
export function parseParams<Schema extends RequestSchema>(
  schema: Schema,
  request: Request,
): z.output<Schema>['params'] {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data.params;
  throw new McpError(ErrorCode.InvalidParams, explain(parsed.error, request));
}

/** Explains in sentences what is wrong with the parameters of a request. Returns undefined if nothing is. */
export function paramsProblem(schema: z.ZodType, request: Request): string | undefined {
  const { error } = schema.safeParse(request);
  return error && explain(error, request);
}

function explain({ issues }: z.ZodError, { params }: Request): string {
  const problems = withoutRepetition(issues).map((issue) =>
    describeProblem({ ...issue, path: issue.path.slice(1) }, params, 'The params are'),
  );
  return problems.join(' ');
}
