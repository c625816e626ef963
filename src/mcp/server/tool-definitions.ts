import type { Tool as ToolDefinition } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { JobCards } from '../card/job-cards.ts';
import type { CompatName } from '../compat/compat-names.ts';
import { listedShape } from '../shared/listed-parameters.ts';
import { MAX_REPLY_BYTES } from '../shared/reply.ts';
import type { Tool } from '../shared/tool.ts';
import { TOOLS } from '../tools/index.ts';
import { isClaudeCode } from './claude-channel.ts';
import { listedTools } from './tool-registry.ts';

/**
 * The keywords that every client passes on and every API of a model accepts (`portable-schemas.test.ts` names the
 * sources). Everything else is checked when a tool is called, and descriptions say what a caller must know of it.
 */
const PORTABLE_KEYWORDS = ['type', 'description', 'enum', 'items'];

/** The definitions of our own tools. */
export const DEFINITIONS = definitionsOf(TOOLS);

/** What the definitions for a client depend on. */
export interface Listing {
  readonly compat: CompatName | undefined;
  /** For a client that shows jobs as cards. */
  readonly cards: JobCards | undefined;
  /** The name of the client. */
  readonly client: string | undefined;
}

/** Returns the definitions that a client gets. */
export function toolDefinitions({ compat, cards, client }: Listing): ToolDefinition[] {
  if (compat !== undefined) return definitionsOf(listedTools(compat));
  const own = isClaudeCode(client) ? DEFINITIONS.map(withLargeResult) : DEFINITIONS;
  return cards === undefined ? own : cards.withCards(own, definitionsOf(cards.tools));
}

/**
 * Keeps Claude Code from writing results above 50,000 characters to a file, for tools that return more only if asked to
 * (https://code.claude.com/docs/en/mcp, MCP output limits).
 */
function withLargeResult(tool: ToolDefinition): ToolDefinition {
  if (!('max_bytes' in (tool.inputSchema.properties ?? {}))) return tool;
  return { ...tool, _meta: { 'anthropic/maxResultSizeChars': MAX_REPLY_BYTES } };
}

/** Returns definitions with schemas that all clients can use. */
function definitionsOf(tools: readonly Tool[]): ToolDefinition[] {
  return tools.map(({ name, title, description, parameters, annotations }) => {
    const listed = z.object(listedShape(parameters.shape));
    const { properties = {}, required } = z.toJSONSchema(listed, { target: 'draft-7', io: 'input' });
    const portable = Object.entries(properties).map(([key, schema]) => [key, portableSchema(schema)]);
    const inputSchema = {
      type: 'object' as const,
      properties: Object.fromEntries(portable) as Record<string, object>,
      ...(required !== undefined && { required }),
    };
    return { name, title, description, inputSchema, annotations };
  });
}

function portableSchema(schema: unknown): unknown {
  const of = schema as Readonly<Record<string, unknown>>;
  const kept = PORTABLE_KEYWORDS.filter((key) => of[key] !== undefined);
  return Object.fromEntries(kept.map((key) => [key, key === 'items' ? portableSchema(of[key]) : of[key]]));
}
