import type { Tool as ToolDefinition } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { listedShape } from '../shared/listed-parameters.ts';
import { MAX_REPLY_BYTES } from '../shared/reply.ts';
import type { Tool } from '../shared/tool.ts';
import { TOOLS } from '../tools/index.ts';

/**
 * The keywords that every client passes on and every API of a model accepts (`portable-schemas.test.ts` names the
 * sources). Everything else is checked when a tool is called, and descriptions say what a caller must know of it.
 */
const PORTABLE_KEYWORDS = ['type', 'description', 'enum', 'items'];

/**
 * Keeps Claude Code from writing results above 50,000 characters to a file, for tools that return more only if asked to
 * (https://code.claude.com/docs/en/mcp, MCP output limits).
 */
const LARGE_RESULT = { 'anthropic/maxResultSizeChars': MAX_REPLY_BYTES } as const;

/** The definitions of our own tools. */
export const DEFINITIONS = definitionsOf(TOOLS);

/** Returns definitions with schemas that all clients can use. */
export function definitionsOf(tools: readonly Tool[]): ToolDefinition[] {
  return tools.map(({ name, title, description, parameters, annotations }) => {
    const listed = z.object(listedShape(parameters.shape));
    const { properties = {}, required } = z.toJSONSchema(listed, { target: 'draft-7', io: 'input' });
    const portable = Object.entries(properties).map(([key, schema]) => [key, portableSchema(schema)]);
    const inputSchema = {
      type: 'object' as const,
      properties: Object.fromEntries(portable) as Record<string, object>,
      ...(required !== undefined && { required }),
    };
    const _meta = 'max_bytes' in properties ? LARGE_RESULT : undefined;
    return { name, title, description, inputSchema, annotations, ...(_meta !== undefined && { _meta }) };
  });
}

function portableSchema(schema: unknown): unknown {
  const of = schema as Readonly<Record<string, unknown>>;
  const kept = PORTABLE_KEYWORDS.filter((key) => of[key] !== undefined);
  return Object.fromEntries(kept.map((key) => [key, key === 'items' ? portableSchema(of[key]) : of[key]]));
}
